export { defaultSwitches, type Switches } from './assumptions.ts'
export {
  type Data360Switches,
  defaultData360Switches,
} from './data360/data360-switches.ts'
export { type DeletionSwitches, defaultDeletionSwitches, type Sight } from './deletion/deletion-switches.ts'
export type { DataExportOptions } from './exports/data-export.ts'
export type { TranscriptExportOptions } from './exports/transcript-export.ts'
export { data360Scenarios } from './faults/data360-scenarios.ts'
export { deletionScenarios } from './faults/deletion-scenarios.ts'
export type { Loss, Losses, LossySource } from './faults/lossy.ts'
export {
  type ConversationSelector,
  type FaultAction,
  type FaultMatch,
  type FaultRule,
  type FaultType,
  loadScenario,
  type Scenario,
} from './faults/scenario.ts'
export { scenarios } from './faults/scenarios.ts'
export { defaultLimits, type Limits } from './limits.ts'
export type { DeletionRequest } from './org.ts'
export type { Calls, CallsByUser, Endpoint, EndpointCalls, UserEndpointCalls } from './server/calls.ts'
export { defaultOauthSwitches, type GrantName, type OauthSwitches } from './server/oauth-switches.ts'
export type { Credentials } from './server/org-state.ts'
export { changedOwners, type Snapshot } from './snapshot.ts'
export { type AppendedEntry, type EmulatorOptions, type Org, startEmulator } from './start-emulator.ts'
export type {
  TrueConversation,
  TrueDeletions,
  TrueEndUser,
  TrueEntry,
  TrueMention,
  Truth,
  TruthWindow,
} from './truth.ts'
