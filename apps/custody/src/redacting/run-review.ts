import { readDecisions, reviewPrecision } from '@custody/redact'
import { count } from '../archive-job/progress.ts'
import type { CommandContext } from '../command-context.ts'
import type { ReviewFlags } from '../commands/redact.ts'
import { type ExitCode, exitCodes } from '../exit-code.ts'
import { columns, shareText } from './columns.ts'
import { readInput, readShare } from './read-input.ts'

/** Runs `custody redact review`: how often findings were right, by type, as people decided. */
export function runReview(path: string, flags: ReviewFlags, context: CommandContext): ExitCode {
  const console = context.console(flags)
  const threshold = flags.threshold === undefined ? null : readShare(flags.threshold, '--threshold')
  const types = reviewPrecision(readDecisions(readInput(path, 'The reviewed sample')))
  const passed = types.every(({ share }) => threshold === null || (share ?? 1) >= threshold)
  console.event({ type: 'review', threshold, passed, types })
  const rows = types.map(({ type, right, wrong, unsure, undecided, share, low, high }) => [
    type,
    shareText(share, low, high),
    ...[right, wrong, unsure, undecided].map(count),
  ])
  const header = ['type', 'precision (95 %)', 'right', 'wrong', 'unsure', 'undecided']
  for (const line of columns([header, ...rows])) console.data(line)
  const undecided = types.reduce((sum, each) => sum + each.undecided, 0)
  if (undecided > 0) console.warn(`${count(undecided)} findings were not decided: they are left out of the shares.`)
  if (!passed) console.warn(`Less than ${threshold} of a type was right.`)
  return passed ? exitCodes.done : exitCodes.findings
}
