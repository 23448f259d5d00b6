import { hash } from 'node:crypto'
import { type FileHandle, stat } from 'node:fs/promises'
import { type Clock, usageError } from '@custody/pipeline'
import { type AuditAct, auditActs } from './audit-act.ts'
import type { AuditChain, AuditCheckpoint } from './audit-chain.ts'
import { type AuditEvent, encodeAuditEvent, parseAuditEvent } from './audit-event.ts'
import { toDiskError } from './disk-error.ts'
import { changed, type LogContent } from './log-file.ts'
import { type AuditDetail, safeDetail, safeId } from './safe-detail.ts'

/** What happened, as it is handed over. */
export interface AuditEntry {
  readonly act: AuditAct
  /** The run it belongs to. @defaultValue `null` */
  readonly run?: string | null
  /** The id of what it was done to. @defaultValue `null` */
  readonly obj?: string | null
  /** @defaultValue `{}` */
  readonly detail?: AuditDetail
}

/** What the writer needs of a file. */
export type LogHandle = Pick<FileHandle, 'write' | 'datasync' | 'truncate' | 'stat'>

export interface LogWriterOptions {
  readonly file: string
  readonly handle: LogHandle
  readonly content: Pick<LogContent, 'chain' | 'bytes'>
  readonly actor: string
  readonly clock: Pick<Clock, 'now'>
}

type Draft = Omit<AuditEvent, 'n' | 'prev'>

interface Request {
  readonly drafts: readonly Draft[]
  readonly resolve: (events: readonly AuditEvent[]) => void
  readonly reject: (error: unknown) => void
}

/** Calls that wait while others are written are written together, with one flush: at most so many lines. */
const GROUP_MAX = 2000

/** Writes lines at the end of a log, in the order of the calls, each durable before its call is answered. */
export class LogWriter {
  readonly #file: string
  readonly #handle: LogHandle
  readonly #chain: AuditChain
  readonly #actor: string
  readonly #clock: Pick<Clock, 'now'>
  readonly #waiting: Request[] = []
  #bytes: number
  #writing: Promise<void> | null = null
  /** Why nothing more can be written; the state of the file is not known any more. */
  #failure: unknown = null

  constructor({ file, handle, content, actor, clock }: LogWriterOptions) {
    this.#file = file
    this.#handle = handle
    this.#chain = content.chain
    this.#bytes = content.bytes
    this.#actor = actor
    this.#clock = clock
  }

  /** What is durable. */
  get checkpoint(): AuditCheckpoint {
    return { size: this.#chain.size ?? 0, root: this.#chain.root ?? '' }
  }

  async append(entries: readonly AuditEntry[]): Promise<readonly AuditEvent[]> {
    const t = new Date(this.#clock.now()).toISOString()
    const drafts = entries.map((entry) => draftOf(entry, t, this.#actor))
    if (drafts.length === 0) return []
    return await new Promise((resolve, reject) => {
      this.#waiting.push({ drafts, resolve, reject })
      this.#writing ??= this.#writeWaiting()
    })
  }

  /** Settles once nothing is being written. */
  async idle(): Promise<void> {
    await this.#writing
  }

  /** Writes an event over what a crash left behind the last whole line: until it is whole, there is an unfinished line. */
  async recover(detail: AuditDetail): Promise<void> {
    const draft = draftOf({ act: 'log.recovered', detail }, new Date(this.#clock.now()).toISOString(), this.#actor)
    const { lines, bytes } = this.#encode([draft])
    try {
      await this.#writeAll(bytes)
      await this.#handle.datasync()
      await this.#handle.truncate(this.#bytes + bytes.length)
      await this.#handle.datasync()
    } catch (error) {
      throw toDiskError(this.#file, error, 'Its unfinished last line is still to be set aside.')
    }
    this.#commit(lines, bytes.length)
  }

  async #writeWaiting(): Promise<void> {
    // Calls made in the same turn go together.
    await Promise.resolve()
    while (this.#waiting.length > 0) await this.#writeGroup(this.#takeGroup())
    this.#writing = null
  }

  #takeGroup(): readonly Request[] {
    let lines = 0
    const end = this.#waiting.findIndex(({ drafts }, index) => {
      lines += drafts.length
      return index > 0 && lines > GROUP_MAX
    })
    return this.#waiting.splice(0, end < 0 ? this.#waiting.length : end)
  }

  async #writeGroup(group: readonly Request[]): Promise<void> {
    try {
      const { events, lines, bytes } = this.#encode(group.flatMap(({ drafts }) => drafts))
      await this.#writeDurably(bytes)
      this.#commit(lines, bytes.length)
      let index = 0
      for (const { drafts, resolve } of group) {
        resolve(events.slice(index, index + drafts.length))
        index += drafts.length
      }
    } catch (error) {
      for (const { reject } of group) reject(error)
    }
  }

  #encode(drafts: readonly Draft[]): { events: AuditEvent[]; lines: Buffer[]; bytes: Buffer } {
    let n = this.#chain.size ?? 0
    let prev = this.#chain.lastLineHash ?? ''
    const events: AuditEvent[] = []
    const lines: Buffer[] = []
    for (const draft of drafts) {
      const line = encodeAuditEvent({ n, prev, ...draft })
      const event = parseAuditEvent(line)
      // What opening would refuse is not written in the first place.
      if (event === null) throw new Error('an event was encoded in a form that is none')
      events.push(event)
      lines.push(Buffer.from(line, 'latin1'))
      n += 1
      prev = hash('sha256', line, 'hex')
    }
    return { events, lines, bytes: Buffer.concat(lines) }
  }

  async #writeDurably(bytes: Buffer): Promise<void> {
    if (this.#failure !== null) throw this.#failure
    await this.#assertUntouched()
    try {
      await this.#writeAll(bytes)
    } catch (error) {
      throw toDiskError(this.#file, error, await this.#cutBack())
    }
    try {
      await this.#handle.datasync()
    } catch (error) {
      // After a flush that failed nobody knows what is on the disk, and a second one may lie: open again, and look.
      const state = await this.#cutBack()
      this.#failure = toDiskError(this.#file, error, `${state} It takes no more until it is opened again.`)
      throw this.#failure
    }
  }

  async #writeAll(bytes: Buffer): Promise<void> {
    for (let done = 0; done < bytes.length; ) {
      const { bytesWritten } = await this.#handle.write(bytes, done, bytes.length - done, this.#bytes + done)
      done += bytesWritten
    }
  }

  async #cutBack(): Promise<string> {
    try {
      await this.#handle.truncate(this.#bytes)
      await this.#handle.datasync()
      return 'It was cut back to its last whole line.'
    } catch (error) {
      this.#failure = toDiskError(this.#file, error, 'It takes no more until it is opened again.')
      return 'It could not be cut back to its last whole line.'
    }
  }

  /** The lock keeps out our own kind only. Writing on into a file that another hand changed would bury the change. */
  async #assertUntouched(): Promise<void> {
    const [there, ours] = await Promise.all([
      stat(this.#file).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return null
        throw toDiskError(this.#file, error, 'Nothing was written.')
      }),
      this.#handle.stat(),
    ])
    if (there !== null && there.ino === ours.ino && there.dev === ours.dev && there.size === this.#bytes) return
    const what = there === null ? 'it was removed' : 'it was replaced, cut or written to'
    this.#failure = changed(this.#file, `${what} while it was open`)
    throw this.#failure
  }

  #commit(lines: readonly Buffer[], length: number): void {
    for (const line of lines) this.#chain.add(line)
    this.#bytes += length
  }
}

function draftOf({ act, run = null, obj = null, detail = {} }: AuditEntry, t: string, actor: string): Draft {
  if (!auditActs.includes(act)) {
    throw usageError('AUDIT_ACT', `The audit log does not know that act; it knows ${auditActs.join(', ')}.`)
  }
  return { t, actor, act, run: safeId('run', run), obj: safeId('obj', obj), detail: safeDetail(detail) }
}
