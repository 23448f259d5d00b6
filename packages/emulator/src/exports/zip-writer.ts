import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { ZipArchive } from 'archiver'

/** What a member of a ZIP is made of, a little at a time. */
export type Chunks = Iterable<string | Uint8Array> | AsyncIterable<Uint8Array>

/** A ZIP that is written as it is made: of members as of bytes, only a little is held. */
export interface ZipWriter {
  /** Settles once the member is written. `store` leaves it uncompressed. */
  add(name: string, chunks: Chunks, how?: { readonly store?: boolean }): Promise<void>
  /** Settles once everything is on disk. */
  close(): Promise<void>
}

/** A ZIP in a file. All members carry one date, so that the same content gives the same bytes. */
export function zipFile(path: string, date: Date): ZipWriter {
  const archive = newArchive()
  const written = pipeline(archive, createWriteStream(path))
  // Whoever adds or closes hears of a failure.
  written.catch(() => undefined)
  return {
    async add(name, chunks, { store = false } = {}) {
      const added = once(archive, 'entry')
      archive.append(Readable.from(chunks, { objectMode: false }), { name, date, store })
      await Promise.race([added, written])
    },
    async close() {
      await archive.finalize()
      await written
    },
  }
}

/** A ZIP of one member as bytes, to be put into another. */
export async function* zipBytes(name: string, chunks: Chunks, date: Date): AsyncIterable<Uint8Array> {
  const archive = newArchive()
  archive.append(Readable.from(chunks, { objectMode: false }), { name, date })
  const finished = archive.finalize()
  finished.catch(() => undefined)
  yield* archive as AsyncIterable<Uint8Array>
  await finished
}

function newArchive(): ZipArchive {
  return new ZipArchive({ zlib: { level: 1 } })
}
