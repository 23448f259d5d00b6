import { writeDuration } from './duration.ts'
import type { Schedule } from './schedule.ts'

/** The comment at the top of every definition, as lines of `# `. */
export function definitionHeader({ every, timeZone, settleMs }: Schedule, ...notes: readonly string[]): string {
  const lines = [
    `Archives each ${every} of ${timeZone}, ${writeDuration(settleMs)} after it ended.`,
    '',
    'What is due is written in the configuration, not here: a run archives whatever is due, oldest first, and one that finds',
    'nothing due ends with 0 at once. So runs more often than needed are harmless, and each one catches up on those before.',
    '',
    'Exit codes: 0 done, or nothing was due. Everything else has to reach a person, above all',
    '  3  incomplete: the archive is written, and lists what is missing or not proven',
    '  4  findings: a check found differences',
    '  11 another run is at work still: harmless, unless it comes again and again',
    'A scheduler that stopped cannot tell: let something else run custody status, which ends with 4 when a window is overdue.',
    ...(notes.length > 0 ? ['', ...notes] : []),
  ]
  return lines.map((line) => (line === '' ? '#' : `# ${line}`)).join('\n')
}
