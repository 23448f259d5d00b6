import { randomBytes } from 'node:crypto'
import { type ExplainedSpan, explainText, type Rejected } from '@custody/redact'
import type { CommandContext } from '../command-context.ts'
import type { ExplainFlags } from '../commands/redact.ts'
import { type ExitCode, exitCodes } from '../exit-code.ts'
import { columns } from './columns.ts'
import { peopleOf } from './read-input.ts'
import { readPolicy } from './read-policy.ts'
import { readRedactionKey } from './redaction-key.ts'

const shownCharacters = 40

/** Runs `custody redact explain`: what would become of a text, by which rule; and what was left alone, and why. */
export function runExplain(text: string, flags: ExplainFlags, context: CommandContext): ExitCode {
  const console = context.console(flags)
  const policy = { ...readPolicy(flags.policy), vault: 'none' as const }
  // Without a key the pseudonyms are of no use, and everything else is the same.
  const key = flags.keyFile === undefined ? { key: randomBytes(32) } : readRedactionKey(flags, context.env)
  const before = flags.column === undefined ? {} : { before: flags.column }
  const { text: redacted, spans, rejected } = explainText(text, { policy, ...key, ...before, ...peopleOf(flags) })
  // Whoever asked has the text; logs that events go to must not.
  console.event({ type: 'explained', spans, rejected })
  console.data(redacted)
  const replaced = spans.map((span) => spanRow(span, text))
  const left = rejected.map((candidate) => rejectedRow(candidate, text))
  if (replaced.length === 0) console.data('nothing is replaced')
  else for (const line of columns([['replaced', 'type', 'rule', 'sure', 'by'], ...replaced])) console.data(line)
  if (left.length > 0)
    for (const line of columns([['left alone', 'not', 'rule', 'because']].concat(left))) console.data(line)
  return exitCodes.done
}

function spanRow({ type, detector, score, action, start, length }: ExplainedSpan, text: string): string[] {
  return [shown(text, start, start + length), type, detector, score.toFixed(2), action]
}

function rejectedRow({ start, end, type, detector, reason }: Rejected, text: string): string[] {
  return [shown(text, start, end), type, detector, reason]
}

/** Offsets are of the text as its reader sees it: behind HTML escapes they name the place only. */
function shown(text: string, start: number, end: number): string {
  const part = /&(?:#|[a-z])/i.test(text)
    ? ''
    : JSON.stringify(text.slice(start, Math.min(end, start + shownCharacters)))
  return `${start}-${end} ${part}`.trimEnd()
}
