import { randomUUID } from 'node:crypto'
import { link, readFile, rm, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import type { CustodyError } from '@custody/pipeline'
import { processState } from './process-state.ts'

/** Who holds a file. */
export interface LockHolder {
  readonly pid: number
  readonly host: string
  /** Tells the process from a later one of the same number; null where the system does not say. */
  readonly started: string | null
}

/** A lock that is held; `takenOverFrom` tells of a process that died with it. */
export interface FileLock {
  /** A process that held the file and died without releasing it. */
  readonly takenOverFrom: LockHolder | null
  release(): Promise<void>
}

/** The error of a file that is held: by whom, as far as its lock file at `path` tells. */
export type Locked = (holder: LockHolder | null, path: string) => CustodyError

/**
 * Takes a file for this process alone: a lock file beside it names the holder. It appears with its content, by a hard link, so that
 * nobody ever reads half of one. The lock of a process of this host that is gone is taken over.
 *
 * @param locked what is thrown when somebody else holds it
 */
export async function lockFile(
  file: string,
  locked: Locked,
  self: Pick<LockHolder, 'pid' | 'host'> = thisProcess(),
): Promise<FileLock> {
  const path = `${file}.lock`
  const content = await lockContent(self)
  if (await create(path, content)) return lock(path, content, null)
  return lock(path, content, await takeOver(path, content, self, locked))
}

/** The holder in words: `process 17 on host a`. */
export function holderText(holder: LockHolder | null): string {
  return holder === null ? 'somebody unknown' : `process ${holder.pid} on host ${holder.host}`
}

function thisProcess(): Pick<LockHolder, 'pid' | 'host'> {
  return { pid: process.pid, host: hostname() }
}

async function lockContent({ pid, host }: Pick<LockHolder, 'pid' | 'host'>): Promise<string> {
  const state = await processState(pid)
  const holder: LockHolder = { pid, host, started: state === 'gone' ? null : state.started }
  return `${JSON.stringify({ ...holder, nonce: randomUUID() })}\n`
}

function lock(path: string, content: string, takenOverFrom: LockHolder | null): FileLock {
  return {
    takenOverFrom,
    async release() {
      // Somebody may have removed it by hand, and another process taken its place.
      if ((await read(path)) === content) await rm(path, { force: true })
    },
  }
}

/**
 * Only who holds the guard removes a lock that is not its own. Otherwise, of two processes that find the same dead holder,
 * the slower one would remove the lock of the faster one.
 */
async function takeOver(
  path: string,
  content: string,
  self: Pick<LockHolder, 'host'>,
  locked: Locked,
): Promise<LockHolder | null> {
  const guard = `${path}.takeover`
  const found = await read(path)
  const holder = found === null ? null : parseHolder(found)
  if (found !== null && !(await isGone(holder, self.host))) throw locked(holder, path)
  if (!(await create(guard, content))) throw locked(parseHolder((await read(guard)) ?? ''), guard)
  try {
    if (found !== null && (await read(path)) === found) await rm(path, { force: true })
    if (await create(path, content)) return holder
  } finally {
    await rm(guard, { force: true })
  }
  throw locked(parseHolder((await read(path)) ?? ''), path)
}

/** Makes a file with its content in one step; false where there is one. */
async function create(path: string, content: string): Promise<boolean> {
  const temporary = `${path}.${randomUUID()}`
  try {
    await writeFile(temporary, content, { flag: 'wx', mode: 0o600 })
    await link(temporary, path)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  } finally {
    await rm(temporary, { force: true })
  }
}

async function read(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

/** Null for what was not written here: nothing is known of its holder then. */
function parseHolder(content: string): LockHolder | null {
  try {
    const { pid, host, started } = JSON.parse(content) as Partial<Record<keyof LockHolder, unknown>>
    if (!Number.isSafeInteger(pid) || (pid as number) < 1 || typeof host !== 'string') return null
    return { pid: pid as number, host: host.slice(0, 255), started: typeof started === 'string' ? started : null }
  } catch {
    return null
  }
}

/** Whether the holder is surely gone. Of another host nothing can be known from here. */
async function isGone(holder: LockHolder | null, host: string): Promise<boolean> {
  if (holder === null || holder.host !== host) return false
  const state = await processState(holder.pid)
  if (state === 'gone') return true
  return holder.started !== null && state.started !== null && holder.started !== state.started
}
