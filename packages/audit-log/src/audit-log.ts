import { type FileHandle, open } from 'node:fs/promises'
import type { FileLock, LockHolder } from '@custody/file-lock'
import { usageError } from '@custody/pipeline'
import type { AuditCheckpoint } from './audit-chain.ts'
import type { AuditEvent } from './audit-event.ts'
import { onDisk } from './disk-error.ts'
import { readPart } from './log-file.ts'
import type { AuditEntry, LogWriter } from './log-writer.ts'

/** What was found when a log was opened. */
export interface LogOpening {
  /** There was no log; it begins here. */
  readonly created: boolean
  /** An unfinished last line, left by a crash: its length, and the file it was moved to. */
  readonly recovered: { readonly bytes: number; readonly file: string } | null
  /** A process that had the log open and died without closing it. */
  readonly takenOverFrom: LockHolder | null
}

/** An open audit log. Nobody else can open it until it is closed, or this process ends. */
export class AuditLog {
  readonly opening: LogOpening
  readonly #file: string
  readonly #handle: FileHandle
  readonly #writer: LogWriter
  readonly #lock: FileLock
  #closing: Promise<void> | null = null

  /** Internal: use `openAuditLog`. */
  constructor(parts: { file: string; handle: FileHandle; writer: LogWriter; lock: FileLock; opening: LogOpening }) {
    this.opening = parts.opening
    this.#file = parts.file
    this.#handle = parts.handle
    this.#writer = parts.writer
    this.#lock = parts.lock
  }

  /**
   * Writes an event; it is on the disk when the promise resolves. Calls keep their order, and those made while others are
   * written share one flush.
   *
   * @throws CustodyError of kind usage: `AUDIT_DETAIL`, `AUDIT_ACT`, `AUDIT_LOG_CLOSED`. `AUDIT_LOG_DISK` when the disk
   * refuses: nothing of the event is in the log then. `AUDIT_LOG_CHANGED` when another hand touched the file.
   */
  async append(entry: AuditEntry): Promise<AuditEvent> {
    const [event] = await this.appendAll([entry])
    return event as AuditEvent
  }

  /** Writes events one behind the other, with one flush: all of them, or, when the disk refuses, none. */
  async appendAll(entries: readonly AuditEntry[]): Promise<readonly AuditEvent[]> {
    this.#assertOpen()
    return await this.#writer.append(entries)
  }

  /** How far the log goes that is on the disk, for a seal. */
  checkpoint(): AuditCheckpoint {
    return this.#writer.checkpoint
  }

  /**
   * The lines from number `fromSize` on up to the checkpoint of now, each with its LF: what goes into the archive whose
   * seal states that checkpoint. The log is read and checked again from its first line; if it is not what it was, the
   * iteration ends with an error.
   *
   * @throws CustodyError of kind usage: `AUDIT_LOG_PART`, `AUDIT_LOG_CLOSED`. While iterating `AUDIT_LOG_CHANGED`,
   * `AUDIT_LOG_DAMAGED`, `AUDIT_LOG_DISK`.
   */
  part(fromSize: number): AsyncGenerator<string, void, undefined> {
    this.#assertOpen()
    const to = this.checkpoint()
    if (Number.isSafeInteger(fromSize) && fromSize >= 0 && fromSize <= to.size) return this.#read(fromSize, to)
    throw usageError('AUDIT_LOG_PART', `A part of the audit log has to begin between 0 and its size, ${to.size}.`)
  }

  /** Waits for what is being written, then lets others open the log. May be called again. */
  async close(): Promise<void> {
    this.#closing ??= this.#close()
    await this.#closing
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #close(): Promise<void> {
    await this.#writer.idle()
    await this.#handle.close()
    await this.#lock.release()
  }

  async *#read(from: number, to: AuditCheckpoint): AsyncGenerator<string, void, undefined> {
    // A handle of its own: the log may be closed before the part is read to its end.
    const handle = await onDisk(this.#file, open(this.#file, 'r'))
    try {
      yield* readPart(this.#file, handle, from, to)
    } finally {
      await handle.close()
    }
  }

  #assertOpen(): void {
    if (this.#closing !== null) throw usageError('AUDIT_LOG_CLOSED', `The audit log ${this.#file} is closed.`)
  }
}
