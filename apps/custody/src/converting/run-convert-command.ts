import { type OpenArchive, openArchive, openVerified, type VerifiedArchive } from '@custody/archive'
import { type Converted, convert, convertFormats } from '@custody/convert'
import { CustodyError } from '@custody/pipeline'
import { count } from '../archive-job/progress.ts'
import type { CommandContext } from '../command-context.ts'
import type { ConvertFlags } from '../commands/convert.ts'
import { oneOf } from '../config/effective.ts'
import type { Console } from '../console.ts'
import { type ExitCode, exitCodes } from '../exit-code.ts'

/** Runs `custody convert`: verifies the archive, converts it, holds what was written against what the archive says of itself. */
export async function runConvertCommand(
  path: string,
  flags: ConvertFlags,
  { signal, console: consoleOf }: CommandContext,
): Promise<ExitCode> {
  const console = consoleOf(flags)
  const { out, bom = false, allowFindings = false } = flags
  const to = oneOf(flags.to, convertFormats, '--to')
  await using archive = await open(path, allowFindings, signal)
  const { run } = archive
  const isValid = 'report' in archive
  const expected = run.counts.conversations - (run.erased ?? 0)
  const done = await convert({
    conversations: checked(archive, isValid),
    to,
    directory: out,
    since: run.window.from,
    csvBom: bom,
    signal,
    onConversation: (conversations) => {
      if (conversations % 100 === 0) console.redraw(`${count(conversations)}/${count(expected)} conversations`)
    },
  }).finally(() => console.redraw(''))
  const passedOver = 'passedOver' in archive ? archive.passedOver : 0
  const { org, verdict } = run
  console.event({
    type: 'archive-converted',
    archive: path,
    org,
    verdict,
    to,
    path: out,
    ...done,
    valid: isValid,
    passedOver,
  })
  console.data(out)
  tell(done, archive, console)
  if (isValid) return exitCodes.done
  console.warn(
    `The archive is not as it was made: ${count(passedOver)} lines could not be read, and others may be missing.`,
  )
  console.warn(`See what is wrong: custody verify ${path}`)
  return exitCodes.findings
}

async function open(path: string, allowFindings: boolean, signal: AbortSignal): Promise<VerifiedArchive | OpenArchive> {
  try {
    return await openVerified(path, { signal })
  } catch (error) {
    if (!CustodyError.isInstance(error) || error.code !== 'ARCHIVE_NOT_VALID') throw error
    if (allowFindings) return await openArchive(path)
    throw new CustodyError(error.code, error.message, {
      kind: error.kind,
      actions: [...error.actions, 'Or convert what can be read of it: --allow-findings'],
    })
  }
}

/** The conversations; at their end, as many as a valid archive says. Whatever throws here leaves nothing behind. */
async function* checked(
  archive: VerifiedArchive | OpenArchive,
  isValid: boolean,
): ReturnType<OpenArchive['conversations']> {
  const { counts, erased = 0 } = archive.run
  let conversations = 0
  let entries = 0
  for await (const conversation of archive.conversations()) {
    conversations += 1
    entries += conversation.entries.length
    yield conversation
  }
  const isWhole = conversations === counts.conversations - erased && (erased > 0 || entries === counts.entries)
  if (isValid && !isWhole) throw new Error('a valid archive holds what it counts')
}

function tell(done: Converted, { run }: VerifiedArchive | OpenArchive, console: Console): void {
  const { conversations, messages, entries, files, attachments, longTexts } = done
  const erased = run.erased ? `; ${count(run.erased)} were erased from the archive before` : ''
  console.talk(
    `${count(conversations)} conversations with ${count(messages)} messages, ${count(entries)} entries in all, in ${count(files)} files${erased}.`,
  )
  if (run.verdict === 'incomplete') {
    console.warn('The archive says that something is missing: data/reports/gaps.csv in it. Nothing here says so again.')
  }
  if (attachments > 0) console.talk(`${count(attachments)} files are named; they themselves stay in the archive.`)
  if (longTexts > 0) {
    console.warn(`${count(longTexts)} texts are longer than a cell of a spreadsheet: Excel shows only their beginning.`)
  }
}
