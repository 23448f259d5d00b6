export { type Candidate, type MatchReason, matchReasons } from './candidate.ts'
export {
  type Blocker,
  type BlockerCode,
  blockerCodes,
  type ErasurePlan,
  type PlannedArchive,
  type PlannedTarget,
} from './erasure-plan.ts'
export {
  type Day,
  type ErasureRequest,
  type NewErasureRequest,
  type Regime,
  type RequestState,
  regimes,
  requestStates,
  type SubjectIdentifiers,
} from './erasure-request.ts'
export type { Approval, ErasureEvent, ErasureStore } from './erasure-store.ts'
export type { HeldSubject, Hold, HoldScope, NewHold } from './hold.ts'
export { type Outcome, outcomes, type Target, type TargetKind, type TargetState, targetStates } from './target.ts'
