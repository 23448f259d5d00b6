export { abortable } from './abortable.ts'
export { type Batch, type Checkpoint, type Commit, type Drops, type Reject, recordCount } from './batch.ts'
export { type Clock, systemClock } from './clock.ts'
export { CustodyError, type CustodyErrorOptions, type ErrorKind, usageError } from './custody-error.ts'
export { type Dropped, type MapContext, type MapRecordsOptions, mapRecords, type Refused } from './map-records.ts'
export { nearest } from './nearest.ts'
export { toReadable, toTransform } from './node-streams.ts'
export { from, type Job, type Pipe } from './pipe.ts'
export { prefetch } from './prefetch.ts'
export { rebatch } from './rebatch.ts'
export type { RunOptions } from './run.ts'
export type { RunEvent, RunSummary, StageCounts } from './run-event.ts'
export {
  defineSink,
  defineSource,
  defineStage,
  type Sink,
  type SinkRun,
  type SinkTotals,
  type Source,
  type Stage,
  type StageOptions,
} from './stage.ts'
export { tee } from './tee.ts'
export { createTurns } from './turns.ts'
