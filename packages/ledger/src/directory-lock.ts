import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { type Clock, CustodyError } from '@custody/pipeline'
import { fileError } from './database-error.ts'
import { assertLocalFileSystem } from './network-file-system.ts'
import { createPrivateFile } from './private-file.ts'
import { type Database, openSqlite } from './sqlite-driver.ts'

/** Who writes a ledger. */
export interface LockHolder {
  readonly pid: number
  readonly host: string
  /** ISO 8601 UTC. */
  readonly since: string
  /** The run begun last; null before the first. */
  readonly run: string | null
}

/** A folder that one process holds. */
export interface DirectoryLock {
  /** A process that wrote here and died without closing. */
  readonly takenOverFrom: LockHolder | null
  /** Says which run the lock is held for. */
  nameRun(run: string): void
  release(): void
}

/** How long to wait for one who only looks whether the lock is held. */
const LOOKING_MS = 250

/**
 * Takes the lock of a state directory. The operating system holds it for the process, on `ledger.lock.sqlite`: it ends with
 * the process, however that dies, in whatever container it ran. So there is no dead lock to judge by its process number, and
 * none to remove by hand. `ledger.lock` beside it only tells who holds it.
 *
 * @param name - whose lock it is, where several kinds of work go on in one directory side by side
 * @throws CustodyError of kind refused, `LEDGER_LOCKED`.
 */
export function lockDirectory(directory: string, clock: Pick<Clock, 'now'>, name = 'ledger'): DirectoryLock {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 })
  } catch (error) {
    throw fileError(directory, error)
  }
  assertLocalFileSystem(directory)
  const held = hold(heldPath(directory, name))
  const note = notePath(directory, name)
  if (held === null) throw locked(directory, readNote(note))
  const takenOverFrom = readNote(note)
  const self = { pid: process.pid, host: hostname(), since: new Date(clock.now()).toISOString() }
  try {
    writeNote(note, { ...self, run: null })
  } catch (error) {
    held.close()
    throw error
  }
  return {
    takenOverFrom,
    nameRun: (run) => writeNote(note, { ...self, run }),
    release() {
      rmSync(note, { force: true })
      held.close()
    },
  }
}

/** Who holds the lock of a directory now, or null. Takes no lock. */
export function lockHolder(directory: string, name = 'ledger'): LockHolder | 'unknown' | null {
  const path = heldPath(directory, name)
  if (!existsSync(path)) return null
  const database = openSqlite(path, { readOnly: true, busyTimeoutMs: 0 })
  try {
    database.prepare('select count(*) from sqlite_schema').get()
    return null
  } catch (error) {
    if (isBusy(error)) return readNote(notePath(directory, name)) ?? 'unknown'
    throw error
  } finally {
    database.close()
  }
}

/** The connection that has the lock, as long as it is open; null where another one has it. */
function hold(path: string): Database | null {
  try {
    createPrivateFile(path)
  } catch (error) {
    throw fileError(path, error)
  }
  const database = openSqlite(path, { readOnly: false, busyTimeoutMs: LOOKING_MS })
  try {
    database.exec('begin exclusive')
    return database
  } catch (error) {
    database.close()
    if (isBusy(error)) return null
    throw error
  }
}

function isBusy(error: unknown): boolean {
  return CustodyError.isInstance(error) && error.code === 'LEDGER_BUSY'
}

const notePath = (directory: string, name: string): string => join(directory, `${name}.lock`)
const heldPath = (directory: string, name: string): string => join(directory, `${name}.lock.sqlite`)

/** In one step: nobody reads half of it. */
function writeNote(path: string, holder: LockHolder): void {
  const temporary = `${path}.${randomUUID()}`
  try {
    writeFileSync(temporary, `${JSON.stringify(holder)}\n`, { flag: 'wx', mode: 0o600 })
    renameSync(temporary, path)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw fileError(path, error)
  }
}

/** Null for what is not there, or was not written here. */
function readNote(path: string): LockHolder | null {
  try {
    const { pid, host, since, run } = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>
    if (!Number.isSafeInteger(pid) || !isShort(host) || !isShort(since) || !(run === null || isShort(run))) return null
    return { pid: pid as number, host, since, run }
  } catch {
    return null
  }
}

function isShort(value: unknown): value is string {
  return typeof value === 'string' && value.length <= 255
}

function locked(directory: string, holder: LockHolder | null): CustodyError<'LEDGER_LOCKED'> {
  const who =
    holder === null
      ? 'another process'
      : `process ${holder.pid} on host ${holder.host} since ${holder.since}${holder.run === null ? '' : ` for run ${holder.run}`}`
  return new CustodyError('LEDGER_LOCKED', `The state directory ${directory} is in use by ${who}.`, {
    kind: 'refused',
    retryable: true,
    actions: [
      'Wait until that run is over, or stop it.',
      'Give jobs that shall run at the same time directories of their own.',
    ],
  })
}
