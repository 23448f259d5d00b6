import type { PendingRequests } from '@custody/erasure'
import type { LockHolder, Run } from '@custody/ledger'
import type { ScheduledWindow } from '@custody/schedule'
import { count } from '../archive-job/progress.ts'
import type { OrgStatus } from './org-status.ts'

/** So many windows or runs are listed; the rest is a number. */
const most = 12

/** How an org stands, for people: a heading, and a line for each thing there is to say. */
export function statusLines(status: OrgStatus, resume: (runId: string) => string): readonly string[] {
  const { schedule, openGaps, ledger } = status
  const facts: readonly Fact[] = [
    ['windows', windowCounts(status)],
    ...shortened(status.due.map(dueFact)),
    ...(status.nextDueAt === null ? [] : [['next due', status.nextDueAt] as const]),
    ['last run', status.lastRun === null ? 'none yet' : runText(status.lastRun)],
    ...(status.runningNow === null ? [] : [['at work', holderText(status.runningNow)] as const]),
    ...shortened(
      status.unfinished.map(({ runId, startedAt }) => ['unfinished', `since ${startedAt}: ${resume(runId)}`] as const),
    ),
    ['gaps', openGaps.total === 0 ? 'none open' : `${count(openGaps.total)} open: ${codeCounts(openGaps.byCode)}`],
    ['amendments', amendmentText(status)],
    ...(status.erasures === null ? [] : [['erasures', erasureText(status.erasures)] as const]),
    ...ledger.done.map((what) => ['repaired', what] as const),
    ...(ledger.state === 'findings'
      ? ledger.findings.map(({ code, message }) => ['LEDGER', `${message} [${code}]`] as const)
      : [['ledger', ledger.state === 'none' ? 'none yet' : 'checked: nothing is wrong'] as const]),
  ]
  const heading =
    schedule === null
      ? `${status.org}: no schedule`
      : `${status.org}: every ${schedule.every} of ${schedule.timeZone}, from ${schedule.start} on`
  return [heading, ...facts.map(([label, text]) => `  ${label.padEnd(12)}${text}`)]
}

type Fact = readonly [label: string, text: string]

function windowCounts({ windows, schedule }: OrgStatus): string {
  const { sealed, overdue, due, settling, open } = windows
  if (schedule === null) return `${count(sealed)} sealed`
  const late = overdue === 0 ? '0 overdue' : `${count(overdue)} OVERDUE`
  return `${count(sealed)} sealed, ${late}, ${count(due)} due, ${count(settling)} settling, ${count(open)} open`
}

function dueFact({ from, to, state, dueAt, overdueAt }: ScheduledWindow): Fact {
  return state === 'overdue'
    ? ['OVERDUE', `${from} to ${to}, since ${overdueAt}`]
    : ['due', `${from} to ${to}, since ${dueAt}; overdue from ${overdueAt}`]
}

function shortened(facts: readonly Fact[]): readonly Fact[] {
  const more = facts.length - most
  return more <= 0 ? facts : [...facts.slice(0, most), [facts.at(-1)?.[0] ?? '', `and ${count(more)} more`]]
}

function runText({ id, state, startedAt, endedAt, archive, verdict, code }: Run): string {
  if (archive !== null) return `${id} wrote ${archive} (${verdict ?? 'no verdict'}) at ${endedAt ?? startedAt}`
  return `${id} of ${startedAt}: ${state === 'running' ? 'not ended' : state}${code === null ? '' : ` [${code}]`}`
}

function holderText(holder: LockHolder | 'unknown'): string {
  if (holder === 'unknown') return 'another process'
  const { pid, host, since, run } = holder
  return `process ${pid} on host ${host} since ${since}${run === null ? '' : `, run ${run}`}`
}

function codeCounts(byCode: Readonly<Record<string, number>>): string {
  return Object.entries(byCode)
    .map(([code, number]) => `${code} ${count(number)}`)
    .join(', ')
}

function erasureText({ open, overdue, nextDueOn, activeHolds }: PendingRequests): string {
  const late = overdue === 0 ? '0 overdue' : `${count(overdue)} OVERDUE`
  const next = nextDueOn === null ? '' : `, next due on ${nextDueOn}`
  return `${count(open)} requests open, ${late}${next}; ${count(activeHolds)} holds`
}

function amendmentText({ amendments }: OrgStatus): string {
  const { late, changed, vanished, lastArchive } = amendments
  if (late + changed + vanished === 0) return 'none'
  return `${count(late)} late, ${count(changed)} changed, ${count(vanished)} vanished; last in ${lastArchive ?? 'no archive'}`
}
