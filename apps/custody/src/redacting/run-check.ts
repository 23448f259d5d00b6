import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { readArchive } from '@custody/archive'
import { from, usageError } from '@custody/pipeline'
import {
  type CanaryCheck,
  checkCanaries,
  createEvidence,
  createReviewSample,
  type EvidenceTotals,
  type RedactOptions,
  redact,
} from '@custody/redact'
import { count } from '../archive-job/progress.ts'
import type { CommandContext } from '../command-context.ts'
import type { CheckFlags } from '../commands/redact.ts'
import type { Console } from '../console.ts'
import { type ExitCode, exitCodes } from '../exit-code.ts'
import { columns, shareText } from './columns.ts'
import { peopleOf, readShare } from './read-input.ts'
import { readPolicy } from './read-policy.ts'

/**
 * Runs `custody redact check`: made-up values of every type, and, where an archive is named, a rehearsal on it, whose result is
 * searched again for everything known of its people. Nothing is written but the sample.
 */
export async function runCheck(
  archive: string | undefined,
  flags: CheckFlags,
  context: CommandContext,
): Promise<ExitCode> {
  const console = context.console(flags)
  const policy = readPolicy(flags.policy)
  const threshold = readShare(flags.threshold, '--threshold')
  if (archive === undefined && flags.sample !== undefined) {
    throw usageError(
      'OPTION_MEANINGLESS',
      '--sample needs an archive to draw from.',
      'Name one: custody redact check ARCHIVE',
    )
  }
  // No pseudonym leaves this command, so none has to be the same again.
  const options: RedactOptions = { policy: { ...policy, vault: 'none' }, key: randomBytes(32), ...peopleOf(flags) }
  const { perType, seed } = flags
  const canaries = checkCanaries({ ...options, threshold, ...(perType && { perType }), ...(seed && { seed }) })
  showCanaries(canaries, threshold, console)
  const rehearsed = archive === undefined ? null : await rehearse(archive, flags, options, context)
  if (rehearsed !== null) showRehearsal(rehearsed, console)
  const passed = canaries.passed && (rehearsed?.conversationsRefused ?? 0) === 0
  console.event({ type: 'redaction-checked', passed })
  return passed ? exitCodes.done : exitCodes.findings
}

async function rehearse(
  archive: string,
  { sample, seed = 'custody', perType, originals = false }: CheckFlags,
  options: RedactOptions,
  { signal }: CommandContext,
): Promise<EvidenceTotals> {
  const { conversations } = await readArchive(archive, { signal })
  const review = createReviewSample({ seed, original: originals, ...(perType && { perStratum: perType }) })
  const evidence = createEvidence({ ...options, review })
  const rehearsal = from(conversations).through(redact({ ...options, evidence }))
  for await (const _ of rehearsal.batches({ signal })) signal.throwIfAborted()
  if (sample !== undefined) await writeSample(sample, review.toCsv())
  return evidence.totals()
}

async function writeSample(path: string, csv: string): Promise<void> {
  try {
    // It may show what was found: for the eyes of its reader alone, and never in the place of decisions already made.
    await writeFile(path, csv, { flag: 'wx', mode: 0o600 })
  } catch (error) {
    throw usageError(
      'REVIEW_SAMPLE_FILE',
      `The sample ${path} cannot be written (${(error as NodeJS.ErrnoException).code ?? 'unknown'}).`,
      'Name a file that is not there yet: --sample FILE',
    )
  }
}

function showCanaries({ types, skipped }: CanaryCheck, threshold: number, console: Console): void {
  console.event({ type: 'canaries', threshold, types, skipped })
  const rows = types.map(({ type, planted, found, share, low, high, passed }) => [
    type,
    `${count(found)}/${count(planted)}`,
    shareText(share, low, high),
    passed ? 'ok' : 'MISSED',
  ])
  for (const line of columns([['made-up values', 'found', 'share (95 %)', ''], ...rows])) console.data(line)
  if (skipped.length > 0) console.talk(`Not searched by this policy, or not to be made up: ${skipped.join(', ')}.`)
  if (types.some(({ passed }) => !passed)) console.warn(`Less than ${threshold} of a type was found.`)
}

function showRehearsal(totals: EvidenceTotals, console: Console): void {
  const { conversations, conversationsRedacted, conversationsRefused, messages, messagesRedacted, scope } = totals
  console.event({ type: 'rehearsal', ...totals })
  console.data('')
  console.data(`${count(conversationsRedacted)} of ${count(conversations)} conversations would change`)
  console.data(`${count(messagesRedacted)} of ${count(messages)} messages would change`)
  console.data(`${count(conversationsRefused)} would be refused: something known of their people would still stand`)
  const rows = totals.counts.map(({ type, action, field, channel, count: times }) => [
    `${type} ${action}`,
    field,
    channel,
    count(times),
  ])
  if (rows.length > 0) for (const line of columns([['what', 'where', 'channel', 'times'], ...rows])) console.data(line)
  const left = totals.rejected.map(({ type, reason, count: times }) => [`${type} ${reason}`, count(times)])
  if (left.length > 0) for (const line of columns([['left alone', 'times'], ...left])) console.data(line)
  console.talk(`Not attempted: ${scope.notAttempted.join('; ')}. ${scope.standing}`)
}
