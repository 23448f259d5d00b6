import { createHash } from 'node:crypto'
import type { PatternRule } from './pattern-rule.ts'
import type { PersonalDataType } from './personal-data-type.ts'
import type { Operator } from './replacement.ts'

/** Classes of fields in a conversation, for the parts of a policy and the counts of a run. */
export const fieldClasses = [
  'text',
  'content',
  'payload',
  'displayName',
  'subject',
  'fileName',
  'option',
  'link',
] as const

/**
 * - `text`: what a person read. `content`: its structured parts. `payload`: the vendor's payload, walked by path.
 * - `displayName`, `subject`: of end users, replaced whole.
 * - `fileName`: names of attachments. `option`: buttons, quick replies and choices. `link`: titles and addresses of links.
 *   These are parts of `content`; what is dropped there is dropped where the payload repeats it.
 */
export type FieldClass = (typeof fieldClasses)[number]

/** `redact`: searched, or replaced whole. `drop`: emptied. `keep`: left as it is. */
export type FieldRule = 'redact' | 'drop' | 'keep'

/** The policies that come with the package, see {@link presetPolicy}. */
export const presetNames = ['strict', 'analytics', 'share-with-vendor'] as const

/** A policy that comes with the package. */
export type PresetName = (typeof presetNames)[number]

/** What to find and what to do with it. Make one with {@link loadPolicy}, {@link presetPolicy} or from {@link defaultPolicy}. */
export interface Policy {
  readonly version: 1
  /** The preset it began with. */
  readonly preset: PresetName | null
  /** By type, built-in and of {@link Policy.patterns}. */
  readonly types: Readonly<Record<PersonalDataType, Operator>> & Readonly<Record<string, Operator>>
  readonly fields: Readonly<Record<FieldClass, FieldRule>>
  /**
   * Rules for single places, which go before all others: `payload.entries.*.email`. They begin with `content`, `payload` or
   * `extra`; `*` stands for one key or position.
   */
  readonly paths: Readonly<Record<string, FieldRule>>
  /** Whether display names of agents and supervisors are replaced too, as type `AGENT`. */
  readonly agents: 'keep' | 'redact'
  /** The country calling code of numbers written without one, as `49`; null where there is no usual one. */
  readonly callingCode: string | null
  /** Whose national ids are looked for, as `DE`; null for all that are known. */
  readonly countries: readonly string[] | null
  /** Further payload keys whose values are ids, words of a fixed list or times; kept as long as they look like that. */
  readonly structuralKeys: readonly string[]
  /** What the organisation looks for beside the built-in types. */
  readonly patterns: readonly PatternRule[]
  /** Whether names of the conversation's end users are found with one letter wrong, missing, added or swapped. */
  readonly typingErrors: boolean
  /** `file`: what stands behind each pseudonym is kept, encrypted, and can be looked up. */
  readonly vault: 'none' | 'file'
}

/** Raised whenever detection or normalisation changes, so that a policy digest says which rules ran. */
export const rulePackVersion = 'custody-redact-2'

/** SHA-256 in hex over the policy in a canonical form and the version of the rules that read it. */
export function policyDigest(policy: Policy): string {
  return createHash('sha256')
    .update(canonical({ rulePack: rulePackVersion, policy }))
    .digest('hex')
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`).join()}}`
}
