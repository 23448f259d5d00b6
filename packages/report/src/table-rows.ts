import { Readable } from 'node:stream'
import { parse } from 'csv-parse'

/** The rows of a table of an archive, by the names of their columns. None where the archive has no such table. */
export async function* tableRows(
  bytes: AsyncIterable<Uint8Array> | undefined,
): AsyncGenerator<Readonly<Record<string, string>>, void, undefined> {
  if (bytes === undefined) return
  const parser = parse({ bom: true, columns: true })
  const source = Readable.from(bytes, { objectMode: false })
  source.on('error', (error) => parser.destroy(error))
  try {
    for await (const row of source.pipe(parser)) yield row
  } finally {
    source.destroy()
  }
}
