import { promisify } from 'node:util'
import { zstdCompress, zstdDecompress } from 'node:zlib'
import type { Answer } from '@custody/http'

const compress = promisify(zstdCompress)
const decompress = promisify(zstdDecompress)

/** An answer as it came, so that it can be given again. */
export interface StoredAnswer extends Answer {
  /** The body as it was received, decoded. Empty for none. */
  readonly text: string
}

// A session of the server's, and nothing that is read from an answer.
const leftOut = 'set-cookie'

/** JSON keeps every string there is, lone surrogates too; compressed, since pages of entries shrink to a seventh. */
export async function encodeAnswer({ status, headers, text }: StoredAnswer): Promise<Uint8Array> {
  const kept = Object.entries(headers).filter(([name]) => name !== leftOut)
  return await compress(JSON.stringify([status, kept, text]))
}

export async function decodeAnswer(bytes: Uint8Array): Promise<StoredAnswer> {
  const [status, headers, text] = JSON.parse((await decompress(bytes)).toString('utf8'))
  return { status, headers: Object.fromEntries(headers), text }
}
