import type { HttpEvent } from '@custody/http'
import type { Clock, RunEvent } from '@custody/pipeline'
import type { LimitUse, RunCost } from '@custody/report'
import type { OrgConfig } from '../config/schema.ts'
import type { CallCosts, CallCounter } from './time-spent.ts'

/** Keeps account of what a run costs, for the archive to tell. */
export interface RunAccount {
  onRunEvent(event: RunEvent): void
  onHttpEvent(event: HttpEvent): void
  /** What it cost until now. */
  cost(): RunCost
}

export interface RunAccountOptions {
  readonly clock: Clock
  /** Milliseconds: from when on the run is told about. */
  readonly startedAt: number
  readonly calls: Pick<CallCounter, 'costs'>
  /** Null where no org is asked. */
  readonly org: Pick<OrgConfig, 'limits'> | null
  /** Answers that an earlier part of the run had kept. */
  readonly answersKept: number
}

/** Which endpoint keeps to which setting. */
const limited = [
  ['conversation-entries', 'entriesPerMinute'],
  ['connect', 'connectPerHour'],
] as const

export function createRunAccount({ clock, startedAt, calls, org, answersKept }: RunAccountOptions): RunAccount {
  const ownMs = new Map<string, number>()
  /** Of the pipelines that are over: an amendment compares before it archives. */
  const before = new Map<string, number>()
  const waits = new Map<string, { waits: number; waitedMs: number }>()
  const waited = (limit: string, waitMs: number): void => {
    const { waits: before, waitedMs } = waits.get(limit) ?? { waits: 0, waitedMs: 0 }
    waits.set(limit, { waits: before + 1, waitedMs: waitedMs + waitMs })
  }
  const use = (name: LimitUse['name'], setting: number, of: string, used: number | null): LimitUse => ({
    name,
    setting,
    used,
    ...(waits.get(of) ?? { waits: 0, waitedMs: 0 }),
  })
  const limitsOf = ({ limits }: Pick<OrgConfig, 'limits'>, { byEndpoint }: CallCosts): readonly LimitUse[] => [
    ...limited.map(([endpoint, name]) => use(name, limits[name], endpoint, byEndpoint[endpoint]?.requests ?? 0)),
    use('activeConversations', limits.activeConversations, 'active', null),
  ]
  return {
    onRunEvent(event) {
      if (event.type === 'run-start') for (const [stage, ms] of ownMs) before.set(stage, ms)
      if (event.type === 'batch-end') ownMs.set(event.stage, (before.get(event.stage) ?? 0) + event.ownMs)
    },
    onHttpEvent(event) {
      if (event.type === 'limit-wait') waited(event.endpoint, event.waitMs)
      if (event.type === 'budget-wait') waited('active', event.waitMs)
    },
    cost() {
      const costs = calls.costs()
      return {
        elapsedMs: Math.max(0, clock.now() - startedAt),
        ...costs,
        stages: [...ownMs].map(([stage, ms]) => ({ stage, ownMs: Math.round(ms) })),
        limits: org === null ? [] : limitsOf(org, costs),
        answersKept,
      }
    },
  }
}
