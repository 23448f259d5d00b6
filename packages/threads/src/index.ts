export { availableThreads } from './available-threads.ts'
export { type OnThreadsOptions, onThreads } from './on-threads.ts'
export type { Work, Worked } from './work.ts'
