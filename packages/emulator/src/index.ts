export { defaultSwitches, type Switches } from './assumptions.ts'
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
export type { Calls, Endpoint, EndpointCalls } from './server/calls.ts'
export type { Credentials } from './server/org-state.ts'
export { type AppendedEntry, type EmulatorOptions, type Org, startEmulator } from './start-emulator.ts'
export type { TrueConversation, TrueEndUser, TrueEntry, TrueMention, Truth, TruthWindow } from './truth.ts'
