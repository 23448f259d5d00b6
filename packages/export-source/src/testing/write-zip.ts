import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { ZipArchive } from 'archiver'

/** Writes a ZIP the way most do: streamed, with data descriptors. */
export async function writeZip(
  path: string,
  files: Readonly<Record<string, string | Buffer | Iterable<Buffer>>>,
  options: { readonly store?: boolean } = {},
): Promise<string> {
  const zip = new ZipArchive({ zlib: { level: 1 }, ...options })
  const written = pipeline(zip, createWriteStream(path))
  for (const [name, content] of Object.entries(files)) {
    zip.append(typeof content === 'string' || Buffer.isBuffer(content) ? content : Readable.from(content), { name })
  }
  await Promise.all([zip.finalize(), written])
  return path
}
