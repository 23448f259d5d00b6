import { randomUUID } from 'node:crypto'
import { rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { CustodyError, defineSink, type Sink, usageError } from '@custody/pipeline'
import { fileWriter } from './folder-store.ts'
import { PendingCommit } from './pending-commit.ts'
import { syncDirectory } from './sync-directory.ts'
import { assertWritableDirectory } from './writable-directory.ts'

export interface WholeFileOptions<T> {
  readonly name: string
  readonly file: string
  /** Written first. */
  readonly header?: string
  /** A batch as the text that goes into the file. */
  readonly encode: (records: readonly T[]) => string
}

/**
 * A sink that writes one file and lets it appear only when it is whole: under a temporary name beside it until then. On a
 * failure or an abort the temporary file is removed, and what stood under the name before is still there.
 *
 * There is one commit, at the end: nothing is durable under its name before.
 */
export function wholeFile<T>({ name, file, header = '', encode }: WholeFileOptions<T>): Sink<T> {
  if (basename(file) === '' || file.endsWith('/')) throw usageError('SINK_FILE', `${name}: file has to name a file`)
  assertWritableDirectory(dirname(file))
  return defineSink(name, async function* (source, { signal }) {
    const temporary = join(dirname(file), `.${basename(file)}.partial-${randomUUID()}`)
    const writer = fileWriter(temporary)
    const commit = new PendingCommit()
    try {
      signal?.throwIfAborted()
      await writer.write(header)
      for await (const batch of source) {
        signal?.throwIfAborted()
        if (batch.records.length > 0) await writer.write(encode(batch.records))
        commit.add(batch)
      }
      signal?.throwIfAborted()
      await writer.close()
      await rename(temporary, file)
      await syncDirectory(dirname(file))
    } catch (error) {
      await writer.discard()
      await rm(temporary, { force: true })
      throw error
    }
    yield* commit.take()
  })
}

/** Refuses text that would break one line into two. */
export function assertOneLine(name: string, line: unknown): string {
  if (typeof line === 'string' && !/[\r\n]/.test(line)) return line
  throw new CustodyError('SINK_LINE', `${name}: a record was encoded as ${typeof line}, not as one line of text`, {
    actions: ['Return one line from encode, without CR or LF.'],
  })
}
