export {
  type Canary,
  type CanaryCheck,
  type CanaryCheckOptions,
  type CanaryOptions,
  type CanaryRecall,
  checkCanaries,
  makeCanaries,
} from './canaries.ts'
export {
  createEvidence,
  type Evidence,
  type EvidenceCount,
  type EvidenceOptions,
  type EvidenceScope,
  type EvidenceTally,
  type EvidenceTotals,
  type Finding,
  type RejectedCount,
} from './evidence.ts'
export { type ExplainedSpan, type Explanation, explainText } from './explain-text.ts'
export { type Identities, identitiesOf } from './identities.ts'
export { loadPolicy } from './load-policy.ts'
export type { PatternRule } from './pattern-rule.ts'
export { createPeopleList, type PeopleList, type PeopleListEntries, readPeopleList } from './people-list.ts'
export {
  type CustomType,
  type Detector,
  type PersonalDataType,
  personalDataTypes,
  type Rejected,
  type Span,
  type SpanType,
} from './personal-data-type.ts'
export {
  type FieldClass,
  type FieldRule,
  type Policy,
  type PresetName,
  policyDigest,
  presetNames,
  rulePackVersion,
} from './policy.ts'
export { policySchema } from './policy-shape.ts'
export { defaultPolicy, isPresetName, presetPolicy } from './presets.ts'
export type { PseudonymKey } from './pseudonyms.ts'
export { type RedactOptions, redact } from './redact.ts'
export {
  createTextRedactor,
  type RedactedJson,
  type RedactedText,
  type RedactTextOptions,
  redactText,
  type TextRedaction,
  type TextRedactor,
} from './redact-text.ts'
export type { Action, CustomOperator, FoundValue, RedactorOptions } from './redactor.ts'
export type { Operator } from './replacement.ts'
export { type Residue, residue } from './residue.ts'
export { type Decision, type Precision, readDecisions, reviewPrecision } from './review-decisions.ts'
export { createReviewSample, type ReviewSample, type ReviewSampleOptions, reviewColumns } from './review-sample.ts'
export {
  readSensitiveDataRules,
  type SensitiveDataRule,
  type SensitiveDataRules,
  sensitiveDataRuleFields,
  withSensitiveDataRules,
} from './sensitive-data-rules.ts'
export { createRedactionTally, type RedactionCount, type RedactionTally, type RedactionTotals } from './tally.ts'
export type { TextDetector } from './text-detector.ts'
export { createFileVault, type FileVaultOptions, type LookUp, type Vault, type VaultEntry } from './vault.ts'
export { type Share, wilson } from './wilson.ts'
