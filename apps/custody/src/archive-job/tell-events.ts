import type { HttpEvent } from '@custody/http'
import type { RunEvent } from '@custody/pipeline'
import type { Console } from '../console.ts'
import { exitCodeOf } from '../exit-code.ts'
import { knownError } from '../known-error.ts'
import type { ReadingJob } from './reading-job.ts'

/** What happens on the wire of an org. Every request as a line would drown all else; what goes wrong is worth one. */
export function tellHttp(console: Console, org: string): (event: HttpEvent) => void {
  return (event) => {
    if (event.type === 'request-end') console.detail({ org, ...event })
    else console.event({ org, ...event })
  }
}

/** What happens between the stages of a run. */
export function tellRun(console: Console): (event: RunEvent) => void {
  return (event) => {
    if (event.type === 'batch-end') console.detail(event)
    else console.event(event)
  }
}

/** Does a part of a run that is none of its stages; who observes learns when it began and ended. */
export async function inPhase<T>(console: Console, phase: 'count' | 'seal', work: () => Promise<T>): Promise<T> {
  console.detail({ type: 'phase-start', phase })
  try {
    return await work()
  } finally {
    console.detail({ type: 'phase-end', phase })
  }
}

/** Does the work of a job; where it fails, says of which. */
export async function tellFailure<T>(
  console: Console,
  { orgAlias: org, asked: source }: Pick<ReadingJob, 'orgAlias' | 'asked'>,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work()
  } catch (error) {
    console.event({ type: 'job-failed', org, source, code: knownError(error).code, exitCode: exitCodeOf(error) })
    throw error
  }
}
