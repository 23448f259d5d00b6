import { windowStates } from '@custody/schedule'
import type { Config } from '../config/schema.ts'
import { lookIntoLedger } from '../scheduling/org-ledger.ts'
import { scheduleOf } from '../scheduling/scheduled-orgs.ts'

/** How far the archives of an org go, in figures. */
export interface OrgFigures {
  /** By state; only `sealed` where the org has no schedule. */
  readonly windows: Readonly<Record<string, number>>
  /** Since the beginning of the oldest time that no archive has; null where none is known. */
  readonly lagSeconds: number | null
  readonly openGaps: number
}

/** Reads them off the ledger, without a secret. Null where nothing was ever archived, and nothing is to be. */
export async function orgFigures(config: Config, org: string, now: number): Promise<OrgFigures | null> {
  await using ledger = await lookIntoLedger(config.state.directory, org)
  const schedule = scheduleOf(config, org)?.schedule
  if (ledger === null && schedule === undefined) return null
  const known = (await ledger?.windows({ org })) ?? []
  const sealed = known.filter(({ state, amends }) => state === 'sealed' && !amends)
  let openGaps = 0
  for await (const _ of ledger?.gaps({ org, open: true }) ?? []) openGaps += 1
  if (schedule === undefined) {
    const until = sealed.map(({ to }) => to).sort()
    return { windows: { sealed: sealed.length }, lagSeconds: secondsSince(until.at(-1), now), openGaps }
  }
  const windows = { sealed: sealed.length, overdue: 0, due: 0, settling: 0, open: 0 }
  const missing: string[] = []
  for (const { state, from } of windowStates(schedule, { now: new Date(now).toISOString(), sealed })) {
    if (state === 'sealed') continue
    windows[state] += 1
    missing.push(from)
  }
  return { windows, lagSeconds: secondsSince(missing.sort()[0], now), openGaps }
}

function secondsSince(instant: string | undefined, now: number): number | null {
  return instant === undefined ? null : Math.max(0, (now - Date.parse(instant)) / 1000)
}
