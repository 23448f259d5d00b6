import { createHash } from 'node:crypto'
import { z } from 'zod'
import { type PersonalDataType, personalDataTypes } from './personal-data-type.ts'
import type { Operator } from './replacement.ts'

/** Classes of fields in a conversation, for the parts of a policy and the counts of a run. */
export const fieldClasses = ['text', 'content', 'payload', 'displayName', 'subject'] as const

/**
 * - `text`: what a person read. `content`: its structured parts. `payload`: the vendor's payload, walked by path.
 * - `displayName`, `subject`: of end users, replaced whole.
 */
export type FieldClass = (typeof fieldClasses)[number]

/** `redact`: searched, or replaced whole. `drop`: emptied. `keep`: left as it is. */
export type FieldRule = 'redact' | 'drop' | 'keep'

/** What to find and what to do with it. Make one with {@link loadPolicy} or from {@link defaultPolicy}. */
export interface Policy {
  readonly version: 1
  readonly types: Readonly<Record<PersonalDataType, Operator>>
  readonly fields: Readonly<Record<FieldClass, FieldRule>>
  /** Whether display names of agents and supervisors are replaced too, as type `AGENT`. */
  readonly agents: 'keep' | 'redact'
  /** The country calling code of numbers written without one, as `49`; null where there is no usual one. */
  readonly callingCode: string | null
  /** Further payload keys whose values are ids, words of a fixed list or times; kept as long as they look like that. */
  readonly structuralKeys: readonly string[]
}

/** Raised whenever detection or normalisation changes, so that a policy digest says which rules ran. */
export const rulePackVersion = 'custody-redact-1'

const operator: z.ZodType<Operator> = z.enum(['pseudonym', 'label', 'mask', 'drop', 'keep'])
const fieldRule: z.ZodType<FieldRule> = z.enum(['redact', 'drop', 'keep'])

/** Links are mostly the organisation's own; personal data inside them is found by its own type. */
const typeDefaults = { URL: 'keep' } as Partial<Record<PersonalDataType, Operator>>

/** @internal */
export const policyShape: z.ZodType<Policy> = z.strictObject({
  version: z.literal(1),
  types: z
    .strictObject(record(personalDataTypes, (type) => operator.default(typeDefaults[type] ?? 'pseudonym')))
    .prefault({}),
  fields: z.strictObject(record(fieldClasses, () => fieldRule.default('redact'))).prefault({}),
  agents: z.enum(['keep', 'redact']).default('keep'),
  callingCode: z
    .string()
    .regex(/^[1-9]\d{0,2}$/, 'must be a country calling code in quotes, as "49"')
    .nullable()
    .default(null),
  structuralKeys: z.array(z.string().min(1).max(255)).max(1000).default([]),
})

/** Everything pseudonymised but links and agents. */
export const defaultPolicy: Policy = policyShape.parse({ version: 1 })

/** SHA-256 in hex over the policy in a canonical form and the version of the rules that read it. */
export function policyDigest(policy: Policy): string {
  return createHash('sha256')
    .update(canonical({ rulePack: rulePackVersion, policy }))
    .digest('hex')
}

/** JSON Schema of a policy file. */
export function policySchema(): object {
  return z.toJSONSchema(policyShape, { io: 'input' })
}

function record<Key extends string, Value>(keys: readonly Key[], make: (key: Key) => Value): Record<Key, Value> {
  return Object.fromEntries(keys.map((key) => [key, make(key)])) as Record<Key, Value>
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const members = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`).join()}}`
}
