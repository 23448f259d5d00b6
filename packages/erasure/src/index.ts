export { type RequestFault, requestFaults } from './assert-request.ts'
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
  type Manner,
  manners,
  type NewErasureRequest,
  type Regime,
  type RequestState,
  regimes,
  requestStates,
  type SubjectIdentifiers,
} from './erasure-request.ts'
export type { AddedRequest, Approval, ErasureEvent, ErasureStore, NewErasureEvent } from './erasure-store.ts'
export type { HeldSubject, Hold, HoldScope, NewHold } from './hold.ts'
export { erasureFile, type OpenErasureStoreOptions, openErasureStore } from './store/open-erasure-store.ts'
export { type Outcome, outcomes, type Target, type TargetKind, type TargetState, targetStates } from './target.ts'
