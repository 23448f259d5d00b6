import { availableParallelism } from 'node:os'

/** Threads that `jobs` asks for beside the one that calls: none for 1, by the cores of the machine where nothing is said. */
export function availableThreads(jobs: number = availableParallelism()): number {
  return jobs <= 1 ? 0 : jobs
}
