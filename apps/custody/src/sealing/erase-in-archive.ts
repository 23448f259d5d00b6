import { createHash } from 'node:crypto'
import { dirname, join } from 'node:path'
import { type ErasureResult, eraseRecords } from '@custody/archive'
import { isSafeText } from '@custody/audit-log'
import { CustodyError } from '@custody/pipeline'
import { count } from '../archive-job/progress.ts'
import type { CommandContext } from '../command-context.ts'
import type { EraseArchiveFlags } from '../commands/erase.ts'
import type { Console } from '../console.ts'
import { exitCodes } from '../exit-code.ts'
import { orgOfArchive } from './org-of-archive.ts'
import { openSealing, type Sealing } from './sealing.ts'

/** Runs `custody erase archive`. */
export async function eraseInArchive(
  archive: string,
  flags: EraseArchiveFlags,
  context: CommandContext,
): Promise<void> {
  const { env, clock, signal } = context
  const console = context.console(flags)
  const { plan = false, basis, operator, reference = null } = flags
  const conversations = flags.record
    .split(',')
    .map((id) => id.trim())
    .filter((id) => id !== '')
  const org = await orgOfArchive(archive, flags.config)
  const sealing =
    org &&
    (await openSealing({ config: org.config, orgAlias: org.alias, archives: dirname(archive), env, clock, signal }))
  const asked = {
    basis,
    reference: loggable(reference),
    operator: loggable(operator),
    conversations: conversations.length,
  }
  const obj = org?.seal.archiveId ?? null
  try {
    if (!plan) await sealing?.note({ act: 'erasure.requested', obj, detail: asked })
    const result = await eraseRecords({
      archive,
      conversations,
      basis,
      reference,
      operator,
      plan,
      seal: sealing?.makeSeal ?? null,
      clock,
      signal,
    })
    if (!plan) await noteErased(result, sealing, obj)
    showErased(result, console)
    if (result.leftovers.length > 0 && !plan) context.end(exitCodes.incomplete)
    if (sealing?.unstamped) {
      const { code, message } = sealing.unstamped
      console.event({ type: 'unstamped', code })
      console.warn(`The new seal bears no timestamp: ${message} [${code}]`)
      context.end(exitCodes.incomplete)
    }
  } catch (error) {
    if (!plan && CustodyError.isInstance(error)) {
      await sealing
        ?.note({ act: 'erasure.refused', obj, detail: { code: error.code, reference: loggable(reference) } })
        .catch(() => undefined)
    }
    throw error
  } finally {
    await sealing?.close()
  }
}

/** As it may stand in the audit log: what looks like a number to call is told by its hash. */
function loggable(text: string | null): string | null {
  if (text === null || isSafeText(text)) return text
  return `sha256:${createHash('sha256').update(text).digest('hex')}`
}

async function noteErased(result: ErasureResult, sealing: Sealing | null, obj: string | null): Promise<void> {
  const { erasureId, indexes, named, path, tagManifestSha256 } = result
  await sealing?.note({
    act: 'erasure.executed',
    obj,
    detail: { erasure: erasureId, records: indexes.length, named, tagManifestSha256 },
  })
  await sealing?.sealed(path)
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
