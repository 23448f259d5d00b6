import { hash } from 'node:crypto'
import { type FileHandle, mkdir, open, realpath, rename, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { lockFile } from '@custody/file-lock'
import { type Clock, systemClock, usageError } from '@custody/pipeline'
import type { AuditCheckpoint } from './audit-chain.ts'
import { AuditLog, type LogOpening } from './audit-log.ts'
import { onDisk, toDiskError } from './disk-error.ts'
import { type LogContent, readLog, truncated } from './log-file.ts'
import { logLocked } from './log-locked.ts'
import { LogWriter } from './log-writer.ts'
import { isSafeText } from './safe-detail.ts'
import { syncDirectory } from './sync-directory.ts'

/** Which log is opened, and in whose name entries are written. */
export interface OpenAuditLogOptions {
  /** The log, JSONL. Made, with its directory, where there is none. */
  readonly file: string
  /** Who acts, by id, such as `cli:uid-1000`: an identifier, held to the same rule as details. */
  readonly actor: string
  /** @defaultValue the machine's */
  readonly clock?: Pick<Clock, 'now'>
  /**
   * What the last seal says of the log. Without it a tail that was cut at the end of a line, or a log that was removed or
   * written anew as a whole, cannot be told from a genuine one.
   */
  readonly expected?: AuditCheckpoint
}

/**
 * Opens the audit log of an org for this process alone: checks all of it, sets an unfinished last line aside.
 *
 * @throws CustodyError of kind usage: `AUDIT_LOG_FILE`, `AUDIT_ACTOR`, `AUDIT_EXPECTED`. Of kind refused:
 * `AUDIT_LOG_LOCKED` (in use), `AUDIT_LOG_DAMAGED` (a line is not what it has to be), `AUDIT_LOG_TRUNCATED` and
 * `AUDIT_LOG_CHANGED` (not what `expected` says). `AUDIT_LOG_DISK` for what the file system refuses.
 */
export async function openAuditLog(options: OpenAuditLogOptions): Promise<AuditLog> {
  const { actor, clock = systemClock, expected } = options
  assertActor(actor)
  if (expected) assertCheckpoint(expected)
  const file = await onDisk(options.file, placeOf(options.file))
  const lock = await onDisk(file, lockFile(file, logLocked(file)))
  let handle: FileHandle | undefined
  try {
    const created = await onDisk(file, openOrCreate(file, expected))
    handle = created.handle
    const content = await onDisk(file, readLog(file, handle, expected))
    const writer = new LogWriter({ file, handle, content, actor, clock })
    const opening: LogOpening = {
      created: created.isNew,
      recovered: content.tail.length === 0 ? null : await recover(file, content, writer),
      takenOverFrom: lock.takenOverFrom,
    }
    return new AuditLog({ file, handle, writer, lock, opening })
  } catch (error) {
    await handle?.close()
    await lock.release()
    throw error
  }
}

/** @throws CustodyError of kind usage, `AUDIT_ACTOR`. */
export function assertActor(actor: string): void {
  if (typeof actor === 'string' && isSafeText(actor)) return
  throw usageError(
    'AUDIT_ACTOR',
    'The actor of an audit log has to be an id without personal data: letters, digits and . _ : / = + - only.',
    'Name a user id or a service, such as cli:uid-1000; no name, e-mail address or phone number.',
  )
}

/** @throws CustodyError of kind usage, `AUDIT_EXPECTED`. */
export function assertCheckpoint({ size, root }: AuditCheckpoint): void {
  if (Number.isSafeInteger(size) && size >= 0 && /^[0-9a-f]{64}$/.test(root)) return
  throw usageError(
    'AUDIT_EXPECTED',
    'A size of the audit log has to be a whole number, its root 64 digits of lower-case hex.',
  )
}

/**
 * The file under its one real name, so that all who open it meet at the same lock; its directory is made.
 *
 * @throws CustodyError of kind usage, `AUDIT_LOG_FILE`.
 */
export async function placeOf(file: string): Promise<string> {
  if (file === '' || file.endsWith('/')) throw usageError('AUDIT_LOG_FILE', 'The audit log has to be named by a file.')
  const there = await unlessMissing(stat(file))
  if (there === null) {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 })
    return join(await realpath(dirname(file)), basename(file))
  }
  // A pipe would never end, a device never fill up.
  if (!there.isFile()) throw usageError('AUDIT_LOG_FILE', `The audit log ${file} is no regular file.`)
  return await realpath(file)
}

async function openOrCreate(
  file: string,
  expected: AuditCheckpoint | undefined,
): Promise<{ handle: FileHandle; isNew: boolean }> {
  const handle = await unlessMissing(open(file, 'r+'))
  if (handle !== null) return { handle, isNew: false }
  // To begin anew would hide that there was a log.
  if (expected && expected.size > 0) throw truncated(file, 0, expected)
  const made = await open(file, 'wx+', 0o600)
  await syncDirectory(dirname(file))
  return { handle: made, isNew: true }
}

/** Keeps what a crash left behind in a file of its own, and writes the event over it. */
async function recover(
  file: string,
  { chain, tail }: LogContent,
  writer: LogWriter,
): Promise<NonNullable<LogOpening['recovered']>> {
  const sha256 = hash('sha256', tail, 'hex')
  const aside = `${file}.unfinished-${chain.size}-${sha256.slice(0, 8)}`
  try {
    await writeWhole(aside, tail)
  } catch (error) {
    throw toDiskError(file, error, 'Its unfinished last line is still to be set aside.')
  }
  await writer.recover({ bytes: tail.length, sha256 })
  return { bytes: tail.length, file: aside }
}

async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  const handle = await open(`${path}.partial`, 'w', 0o600)
  try {
    await handle.writeFile(bytes)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(`${path}.partial`, path)
  await syncDirectory(dirname(path))
}

async function unlessMissing<T>(work: Promise<T>): Promise<T | null> {
  try {
    return await work
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}
