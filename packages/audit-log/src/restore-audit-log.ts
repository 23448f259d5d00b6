import { randomUUID } from 'node:crypto'
import { type FileHandle, link, open, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { lockFile } from '@custody/file-lock'
import { type Clock, CustodyError, systemClock } from '@custody/pipeline'
import type { AuditCheckpoint } from './audit-chain.ts'
import { AuditChainCheck } from './audit-chain-check.ts'
import type { AuditPartResult } from './audit-part-check.ts'
import { onDisk } from './disk-error.ts'
import { readLog } from './log-file.ts'
import { logLocked } from './log-locked.ts'
import { LogWriter } from './log-writer.ts'
import { assertActor, assertCheckpoint, placeOf } from './open-audit-log.ts'
import { syncDirectory } from './sync-directory.ts'

/** One archive's part of the log. */
export interface ArchivedAuditPart {
  /** The id of the archive, for messages. */
  readonly archiveId: string
  /** `audit/audit.jsonl` of the archive. */
  readonly bytes: Iterable<Uint8Array> | AsyncIterable<Uint8Array>
  /** What its seal states. Check the seal first: nothing here does. */
  readonly to: AuditCheckpoint
}

/** What a lost log is put together from. */
export interface RestoreAuditLogOptions {
  /** Where the log has to stand. Nothing may stand there now. */
  readonly file: string
  /** Who restores, by id. */
  readonly actor: string
  /** The parts of all archives of the chain, in the order of their seals. */
  readonly parts: Iterable<ArchivedAuditPart> | AsyncIterable<ArchivedAuditPart>
  /** @defaultValue the machine's */
  readonly clock?: Pick<Clock, 'now'>
}

/**
 * Makes a lost log again from the parts in archives: all of them, from the first line to the last seal. They have to be
 * one chain and give the root that the last seal states, or nothing is made. The restored log ends with the event
 * `log.restored`: what the lost one held beyond the last seal is not in it, and this is where that shows.
 *
 * @returns how far the restored log goes, that event included.
 * @throws CustodyError of kind refused: `AUDIT_LOG_EXISTS`, `AUDIT_LOG_NOT_RESTORED` (a part is missing or wrong),
 * `AUDIT_LOG_LOCKED`. Of kind usage: `AUDIT_LOG_FILE`, `AUDIT_ACTOR`, `AUDIT_EXPECTED`. `AUDIT_LOG_DISK`.
 */
export async function restoreAuditLog(options: RestoreAuditLogOptions): Promise<AuditCheckpoint> {
  assertActor(options.actor)
  const file = await onDisk(options.file, placeOf(options.file))
  const lock = await onDisk(file, lockFile(file, logLocked(file)))
  const partial = `${file}.partial-${randomUUID()}`
  try {
    await assertFree(file)
    const handle = await onDisk(file, open(partial, 'wx+', 0o600))
    try {
      const restored = await writeParts(file, partial, handle, options)
      await onDisk(file, publish(partial, file))
      return restored
    } finally {
      await handle.close()
    }
  } finally {
    await rm(partial, { force: true })
    await lock.release()
  }
}

async function writeParts(
  file: string,
  partial: string,
  handle: FileHandle,
  { parts, actor, clock = systemClock }: RestoreAuditLogOptions,
): Promise<AuditCheckpoint> {
  const check = new AuditChainCheck()
  let end: AuditCheckpoint | undefined
  let archives = 0
  for await (const { archiveId, bytes, to } of parts) {
    assertCheckpoint(to)
    const part = check.part(to)
    for await (const chunk of bytes) {
      part.push(chunk)
      await onDisk(file, handle.writeFile(chunk))
    }
    assertWhole(file, archiveId, part.end())
    end = to
    archives += 1
  }
  if (end === undefined) throw notRestored(file, 'there are no archives')
  await onDisk(file, handle.sync())
  // The file, not what was meant to be in it, is what has to be right.
  const content = await onDisk(file, readLog(partial, handle, end))
  const writer = new LogWriter({ file: partial, handle, content, actor, clock })
  await writer.append([{ act: 'log.restored', detail: { ...end, archives } }])
  return writer.checkpoint
}

function assertWhole(file: string, archiveId: string, { findings, omitted, rootCompared }: AuditPartResult): void {
  const [first] = findings
  if (first === undefined && rootCompared) return
  const place = first?.line === null || first === undefined ? '' : ` line ${first.line}`
  const more = findings.length + omitted > 1 ? ` There are ${findings.length + omitted} findings.` : ''
  const what = first === undefined ? 'its root cannot be compared' : `${first.message} (${first.code})`
  throw notRestored(file, `audit/audit.jsonl of ${archiveId}${place}: ${what}.${more}`)
}

function notRestored(file: string, why: string): CustodyError<'AUDIT_LOG_NOT_RESTORED'> {
  return new CustodyError('AUDIT_LOG_NOT_RESTORED', `The audit log ${file} was not restored: ${why}`, {
    kind: 'refused',
    actions: ['Verify the chain of archives, and hand over all of them, from the first to the last.'],
  })
}

async function assertFree(file: string): Promise<void> {
  const there = await stat(file).catch(() => null)
  if (there !== null) throw exists(file)
}

async function publish(partial: string, file: string): Promise<void> {
  try {
    // Unlike a rename it never replaces what came in between.
    await link(partial, file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw exists(file)
    throw error
  }
  await syncDirectory(dirname(file))
}

function exists(file: string): CustodyError<'AUDIT_LOG_EXISTS'> {
  return new CustodyError('AUDIT_LOG_EXISTS', `There is something at ${file} already; it is not overwritten.`, {
    kind: 'refused',
    actions: ['Open it: a log that is whole needs no restoring.', 'Else move it away, and keep it as evidence.'],
  })
}
