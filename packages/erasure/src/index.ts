export { type RequestFault, requestFaults } from './assert-request.ts'
export { type DeletionWire, defaultDeletionWire } from './assumptions.ts'
export { type Candidate, type MatchReason, matchReasons } from './candidate.ts'
export { type ConfirmErasureOptions, type ConfirmSummary, confirmErasure } from './confirming/confirm-erasure.ts'
export {
  type ConversationReadBackOptions,
  conversationReadBack,
  type SentEntry,
} from './confirming/conversation-read-back.ts'
export { type CountingReadBackOptions, countingReadBack } from './confirming/counting-read-back.ts'
export type { AskedTarget, ReadBack, ReadBackSource, SourceName } from './confirming/read-back.ts'
export { type RecordsReadBackOptions, recordsReadBack } from './confirming/records-read-back.ts'
export { addDays, addMonths, dayOf, isDay } from './day.ts'
export {
  type Blocker,
  type BlockerCode,
  blockerCodes,
  type ErasurePlan,
  type PlannedArchive,
  type PlannedExport,
  type PlannedTarget,
} from './erasure-plan.ts'
export {
  type Day,
  type ErasureRequest,
  type Extension,
  type ExtensionReason,
  extensionReasons,
  type Manner,
  type Measure,
  manners,
  type NewErasureRequest,
  type Regime,
  type RequestState,
  regimes,
  requestStates,
  type SubjectIdentifiers,
} from './erasure-request.ts'
export type { AddedRequest, Approval, ErasureEvent, ErasureStore, NewErasureEvent } from './erasure-store.ts'
export {
  type CallKind,
  createExecutionUser,
  type ExecutionUser,
  type ExecutionUserOptions,
} from './executing/execution-user.ts'
export { type RunErasureOptions, type RunSummary, runErasure } from './executing/run-erasure.ts'
export type { ErasureRunEvent } from './executing/run-event.ts'
export { readTraces, type TracedConversation, type Traces } from './executing/traces.ts'
export { type FindOptions, type FindResult, findCandidates } from './finding/find-candidates.ts'
export { type NotSeen, notSeenCodes } from './finding/not-seen.ts'
export { type Selection, selectCandidates } from './finding/select-candidates.ts'
export type { Unusable } from './finding/wanted.ts'
export type { HeldSubject, Hold, HoldScope, NewHold } from './hold.ts'
export { parseRetention, type Retention } from './holding/retention.ts'
export {
  type Ground,
  grounds,
  type Hindrance,
  isActive,
  type Standing,
  type StandingOptions,
  standing,
} from './holding/standing.ts'
export { type ConfirmMasksOptions, confirmMasks, type TextReadBack } from './masking/confirm-masks.ts'
export { type MakeMaskPlanOptions, makeMaskPlan } from './masking/make-mask-plan.ts'
export type {
  MaskFinder,
  MaskFinderOf,
  MaskFindings,
  MaskPolicy,
  MaskUnread,
  TextChange,
} from './masking/mask-findings.ts'
export {
  type MaskedConversationPlan,
  type MaskedTargetPlan,
  type MaskPlan,
  maskPlanBytes,
  maskPlanChanges,
  readMaskPlan,
} from './masking/mask-plan.ts'
export { type RunMasksOptions, runMasks } from './masking/run-masks.ts'
export {
  type ApproveByDigestOptions,
  type Approved,
  type ApproveOptions,
  approveByDigest,
  approvePlan,
} from './planning/approve-plan.ts'
export { checkDeletionApi, type DeletionApiOptions } from './planning/check-deletion-api.ts'
export { type ComposeOptions, composePlan } from './planning/compose-plan.ts'
export type { Calls, Pace } from './planning/finish-by.ts'
export {
  type ArchiveFindings,
  type ArchiveSearch,
  type MakePlansOptions,
  makePlans,
} from './planning/make-plans.ts'
export { planBytes, planDigest, readPlan, shortDigest } from './planning/plan-bytes.ts'
export { planChanges } from './planning/plan-changes.ts'
export { type SurveyOptions, surveyTargets } from './planning/survey-targets.ts'
export type { ConversationFacts, Survey, SurveyGap, TargetFacts, Times } from './planning/target-facts.ts'
export { closeErasure, hasItsEnd, suppressErased } from './reporting/close-requests.ts'
export { composeReport, type ReportedRequest } from './reporting/compose-report.ts'
export {
  type ErasureReport,
  type PlannedCounts,
  type ReportedArchives,
  type ReportedRecord,
  type ReportVerdict,
  type RequestReport,
  reportVerdicts,
} from './reporting/erasure-report.ts'
export { type GatherReportOptions, gatherReport } from './reporting/gather-report.ts'
export { reportColumns, reportCsv } from './reporting/report-csv.ts'
export { reportHtml } from './reporting/report-html.ts'
export { type CompletionOptions, completeRequest, type WrittenRequest } from './requesting/complete-request.ts'
export { dueOn } from './requesting/due-on.ts'
export { extendedUntil } from './requesting/extended-until.ts'
export {
  type BadRow,
  type Imported,
  type ImportOptions,
  importRequests,
  type RowFault,
  rowFaults,
} from './requesting/import-requests.ts'
export {
  type NatureOfResponse,
  type RegisterRow,
  register,
  registerColumns,
  registerCsv,
  registerMonths,
  registerSince,
} from './requesting/register.ts'
export { requestColumns } from './requesting/request-columns.ts'
export { type RequestStatus, requestStatuses } from './requesting/request-status.ts'
export { erasureFile, type OpenErasureStoreOptions, openErasureStore } from './store/open-erasure-store.ts'
export { type PendingRequests, pendingRequests } from './store/pending-requests.ts'
export {
  type Outcome,
  outcomes,
  type Target,
  type TargetKind,
  type TargetState,
  targetKinds,
  targetStates,
} from './target.ts'
