import { z } from 'zod'
import { personalDataTypes } from './personal-data-type.ts'
import { type FieldClass, type FieldRule, fieldClasses, type Policy, type PresetName, presetNames } from './policy.ts'
import { type Operator, operators } from './replacement.ts'

/** A policy file as it is written: all but the version may be left out. */
export type PolicyFile = {
  readonly version: 1
  readonly preset?: PresetName | undefined
  readonly types?: Readonly<Record<string, Operator | undefined>> | undefined
  readonly fields?: Readonly<Partial<Record<FieldClass, FieldRule | undefined>>> | undefined
} & { readonly [Key in Exclude<keyof Policy, 'version' | 'preset' | 'types' | 'fields'>]?: Policy[Key] | undefined }

const operator: z.ZodType<Operator> = z.enum(operators)
const fieldRule: z.ZodType<FieldRule> = z.enum(['redact', 'drop', 'keep'])
const path = /^(?:content|payload|extra)(?:\.[^.\s]{1,255}){0,50}$/

const pattern = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]{0,62}$/, 'must be lower-case letters, digits and dashes, a letter first'),
  type: z.string().meta({ description: 'Upper snake case, not a built-in type' }),
  match: z
    .string()
    .min(1)
    .max(1000)
    .meta({ description: 'A regular expression without lookaround and backreferences' }),
  words: z.array(z.string().min(2).max(64)).min(1).max(100).optional(),
  flags: z
    .string()
    .regex(/^(?:i|m|im|mi)?$/, 'must be i, m or both')
    .optional(),
})

export const policyShape: z.ZodType<PolicyFile> = z.strictObject({
  version: z.literal(1),
  preset: z.enum(presetNames).optional().meta({ description: 'What the rest of the file changes' }),
  types: z
    .object(optional(personalDataTypes, () => operator))
    .catchall(operator)
    .optional(),
  fields: z.strictObject(optional(fieldClasses, () => fieldRule)).optional(),
  paths: z.record(z.string().regex(path, 'must begin with content, payload or extra'), fieldRule).optional(),
  agents: z.enum(['keep', 'redact']).optional(),
  callingCode: z
    .string()
    .regex(/^[1-9]\d{0,2}$/, 'must be a country calling code in quotes, as "49"')
    .nullable()
    .optional(),
  countries: z
    .array(z.string().regex(/^[A-Z]{2}$/, 'must be ISO 3166 country codes, as DE'))
    .min(1)
    .max(250)
    .nullable()
    .optional(),
  structuralKeys: z.array(z.string().min(1).max(255)).max(1000).optional(),
  patterns: z.array(pattern).max(200).optional(),
  typingErrors: z.boolean().optional(),
  vault: z.enum(['none', 'file']).optional(),
})

/** JSON Schema of a policy file; published with the package as `policy.schema.json`. */
export function policySchema(): object {
  return z.toJSONSchema(policyShape, { io: 'input' })
}

function optional<Key extends string, Value extends z.ZodType>(
  keys: readonly Key[],
  make: () => Value,
): Record<Key, z.ZodOptional<Value>> {
  return Object.fromEntries(keys.map((key) => [key, make().optional()])) as Record<Key, z.ZodOptional<Value>>
}
