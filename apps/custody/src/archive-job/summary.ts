import type { ArchiveResult } from '@custody/archive'
import type { RunSummary } from '@custody/pipeline'
import { count, duration } from './progress.ts'
import type { CallCosts } from './time-spent.ts'

export interface SummaryFacts {
  readonly result: ArchiveResult
  readonly run: RunSummary
  readonly costs: CallCosts
  /** From the first request to the archive's final name. */
  readonly elapsedMs: number
}

/** The closing table of an archive run: what was found, what is in the archive, what is not, where the time went. */
export function summaryTable({ result, run, costs, elapsedMs }: SummaryFacts): readonly string[] {
  const { counts } = result
  const absent = counts.missing + counts.differs + counts.extra + counts.unknown
  return table([
    [
      'conversations found',
      count(counts.found),
      counts.excluded > 0 ? `${count(counts.excluded)} of them outside the window, or of erased persons` : '',
    ],
    ['archived', count(counts.conversations), ''],
    ['missing or not proven', count(absent), counts.gaps > 0 ? `${count(counts.gaps)} lines in reports/gaps.csv` : ''],
    ['entries', count(counts.entries), counts.attachments > 0 ? `with ${count(counts.attachments)} files` : ''],
    ...differences(result),
    ['redactions', redactionTotal(result), redactionTypes(result)],
    ['requests', count(costs.requests), requestNotes(costs)],
    ['time', duration(elapsedMs), timeSpent(run, costs)],
  ])
}

/** Only where further sources were asked. */
function differences({ counts }: ArchiveResult): readonly [string, string, string][] {
  const { 'only-here': only = 0, 'not-here': lacking = 0, text = 0 } = counts.differences
  if (only + lacking + text === 0) return []
  const note = [
    [only, 'given by a witness alone'],
    [lacking, 'not given by one'],
    [text, 'with another text'],
  ] as const
  const parts = note.filter(([number]) => number > 0).map(([number, what]) => `${count(number)} ${what}`)
  return [['differences', count(only + lacking + text), parts.join(', ')]]
}

function redactionTotal({ mode, counts }: ArchiveResult): string {
  if (mode === 'plain') return 'none'
  return count(Object.values(counts.redactionsByType).reduce((sum, each) => sum + each, 0))
}

function redactionTypes({ mode, counts }: ArchiveResult): string {
  if (mode === 'plain') return 'kept as received: personal data is in the archive'
  return Object.entries(counts.redactionsByType)
    .sort(([, a], [, b]) => b - a)
    .map(([type, number]) => `${type} ${count(number)}`)
    .join(', ')
}

function requestNotes(costs: CallCosts): string {
  return [
    [costs.retries, 'repeated'],
    [costs.rateLimited, 'rate-limited'],
    [costs.tokensRenewed, 'with an expired token'],
  ]
    .filter(([number]) => number !== 0)
    .map(([number, what]) => `${number} ${what}`)
    .join(', ')
}

/** Each stage's own time, largest first; what took no time worth telling is left out. */
function timeSpent(run: RunSummary, costs: CallCosts): string {
  const parts = run.stages
    .filter(({ ownMs }) => ownMs >= 50)
    .sort((a, b) => b.ownMs - a.ownMs)
    .map(({ stage, ownMs }) => `${stage} ${duration(ownMs)}`)
  if (costs.waitingForLimitsMs >= 50) parts.push(`waiting for limits ${duration(costs.waitingForLimitsMs)}`)
  return parts.join(', ')
}

/** Rows as aligned lines: label, figure set right, note. */
export function table(rows: readonly (readonly [label: string, figure: string, note: string])[]): readonly string[] {
  const label = Math.max(...rows.map(([text]) => text.length))
  const figure = Math.max(...rows.map(([, text]) => text.length))
  return rows.map(([text, number, note]) => `  ${text.padEnd(label)}  ${number.padStart(figure)}  ${note}`.trimEnd())
}
