import { recordId } from '../ids.ts'
import { platformAssumed } from '../platform-assumptions.ts'
import { execute, type Result } from '../soql/execute.ts'
import type { Query } from '../soql/query.ts'
import type { OrgState } from './org-state.ts'

/** Bulk API 2.0 and Bulk API Developer Guide, Get Information About a Query Job. */
export type BulkState = 'UploadComplete' | 'InProgress' | 'Aborted' | 'JobComplete' | 'Failed'

/** What a job is created with. */
export interface BulkOrder {
  readonly operation: 'query' | 'queryAll'
  readonly query: Query
  readonly object: string
  readonly columnDelimiter: keyof typeof columnDelimiters
  readonly lineEnding: 'LF' | 'CRLF'
}

export const columnDelimiters = {
  COMMA: ',',
  BACKQUOTE: '`',
  CARET: '^',
  PIPE: '|',
  SEMICOLON: ';',
  TAB: '\t',
} as const

export interface BulkJob extends BulkOrder {
  readonly id: string
  /** `v66.0` */
  readonly version: string
  readonly user: number
  readonly createdAt: number
  state: BulkState
  changedAt: number
  polls: number
  /** What the job ends as, whatever it finds. */
  destiny: 'JobComplete' | 'Failed' | 'Aborted'
  result: Result | undefined
}

/** The query jobs of an org. */
export class BulkJobs {
  readonly #jobs = new Map<string, BulkJob>()
  #count = 0

  create(org: OrgState, order: BulkOrder, version: string, user: number): BulkJob {
    const now = org.clock.now()
    const job: BulkJob = {
      ...order,
      id: recordId('BulkJob', ++this.#count),
      version,
      user,
      createdAt: now,
      state: 'UploadComplete',
      changedAt: now,
      polls: 0,
      destiny: 'JobComplete',
      result: undefined,
    }
    this.#jobs.set(job.id, job)
    return job
  }

  get(id: string, now: number): BulkJob | undefined {
    const job = this.#jobs.get(id)
    return job && now - job.createdAt < platformAssumed.bulkKeptMs ? job : undefined
  }

  delete(id: string): void {
    this.#jobs.delete(id)
  }
}

export function hasEnded({ state }: BulkJob): boolean {
  return state === 'JobComplete' || state === 'Failed' || state === 'Aborted'
}

/** Moves a job on: it is asked for once more, and time has passed. The query runs when the job gets done. */
export function advance(org: OrgState, job: BulkJob): void {
  if (hasEnded(job)) return
  job.polls += 1
  const now = org.clock.now()
  if (job.polls <= org.switches.bulkPolls || now - job.createdAt < org.switches.bulkDurationMs) {
    if (job.polls > 1 || org.switches.bulkPolls < 2) move(job, 'InProgress', now)
    return
  }
  if (job.destiny === 'JobComplete') job.result = execute(org.schema, job.query)
  move(job, job.destiny, now)
}

export function move(job: BulkJob, state: BulkState, now: number): void {
  job.state = state
  job.changedAt = now
}
