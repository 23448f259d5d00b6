import { dirname, join } from 'node:path'
import type { ErasureResult } from '@custody/archive'
import { count } from '../archive-job/progress.ts'
import type { CommandContext } from '../command-context.ts'
import type { EraseArchiveFlags } from '../commands/erase-archive.ts'
import type { Console } from '../console.ts'
import { exitCodes } from '../exit-code.ts'
import { eraseWithSeal } from './erase-with-seal.ts'

/** Runs `custody erase archive`. */
export async function eraseInArchive(
  archive: string,
  flags: EraseArchiveFlags,
  context: CommandContext,
): Promise<void> {
  const console = context.console(flags)
  const { plan = false, basis, operator, reference = null, config } = flags
  const conversations = flags.record
    .split(',')
    .map((id) => id.trim())
    .filter((id) => id !== '')
  const options = { archive, conversations, basis, operator, reference, plan, config }
  const { result, unstamped } = await eraseWithSeal(options, context)
  showErased(result, console)
  if (result.leftovers.length > 0 && !plan) context.end(exitCodes.incomplete)
  if (unstamped !== null) {
    const { code, message } = unstamped
    console.event({ type: 'unstamped', code })
    console.warn(`The new seal bears no timestamp: ${message} [${code}]`)
    context.end(exitCodes.incomplete)
  }
}

function showErased(result: ErasureResult, console: Console): void {
  const { removed, planned, indexes, erased, named, alreadyErased, namedElsewhere } = result
  console.event({ type: planned ? 'erasure-planned' : 'erasure-executed', ...result })
  const verb = planned ? 'would go' : 'are gone'
  console.data(
    `${result.path}: ${count(indexes.length)} conversations ${verb}${planned ? '' : ` (${result.erasureId})`}`,
  )
  console.data(
    `  ${count(removed.lines)} lines, ${count(removed.rows)} rows, ${count(removed.files)} files, ${count(removed.bytes)} bytes; ${count(removed.anonymised)} rows of reports without their identifiers`,
  )
  if (named > 0) {
    const what = planned ? 'would no longer name them' : 'no longer name them'
    console.data(`  ${count(named)} more have no line in this archive: its reports ${what}`)
  }
  if (alreadyErased.length > 0) console.data(`  ${count(alreadyErased.length)} were erased before`)
  if (namedElsewhere > 0) {
    console.warn(
      `${count(namedElsewhere)} other lines name them by id; they cannot be changed without breaking their proofs.`,
    )
  }
  for (const leftover of result.leftovers) {
    console.warn(
      `An unfinished archive may still hold them: ${join(dirname(result.path), leftover)}. Remove it once no run uses it.`,
    )
  }
  if (!planned) {
    console.talk(`  ${count(erased)} conversations of this archive are erased in all; every verification says so.`)
    console.talk('  Copies elsewhere still hold them: backups, downloads, what was handed out.')
  }
}
