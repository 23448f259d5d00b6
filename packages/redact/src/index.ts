export { type Identities, identitiesOf } from './identities.ts'
export { loadPolicy } from './load-policy.ts'
export { type Detector, type PersonalDataType, personalDataTypes } from './personal-data-type.ts'
export {
  defaultPolicy,
  type FieldClass,
  type FieldRule,
  type Policy,
  policyDigest,
  policySchema,
  rulePackVersion,
} from './policy.ts'
export type { PseudonymKey } from './pseudonyms.ts'
export { redact } from './redact.ts'
export { type RedactedText, type RedactTextOptions, redactText, type TextRedaction } from './redact-text.ts'
export type { RedactOptions } from './redactor.ts'
export type { Operator } from './replacement.ts'
export { type Residue, residue } from './residue.ts'
export { createRedactionTally, type RedactionCount, type RedactionTally, type RedactionTotals } from './tally.ts'
