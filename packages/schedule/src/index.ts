export type { Period, Weekday } from './calendar.ts'
export type { SchedulerDefinitionOptions, SchedulerKind } from './definition-options.ts'
export {
  type DueOptions,
  dueWindows,
  nextDue,
  type ScheduledWindow,
  type WindowState,
  windowStates,
} from './due-windows.ts'
export type { Instant, Window } from './instant.ts'
export { parseSchedule, type ScheduleOptions } from './parse-schedule.ts'
export type { Schedule } from './schedule.ts'
export { schedulerDefinition } from './scheduler-definition.ts'
export { windowsOf } from './windows-of.ts'
