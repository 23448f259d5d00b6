import { CustodyError } from '@custody/pipeline'
import { shown } from './failure.ts'

/** Text of a file, decoded. */
export interface DecodedText {
  /** The label of the WHATWG encoding standard: `utf-8`, `utf-16le` … */
  readonly encoding: string
  /** What stands at the beginning; also given by {@link pieces}. */
  readonly head: string
  readonly pieces: AsyncGenerator<string, void, undefined>
}

/** How much is looked at before anything is decided. */
const HEAD_BYTES = 1024 * 1024
const SNIFF_BYTES = 4096

/**
 * Decodes a file as it comes. Null when it is no text.
 *
 * Encodings are told by a byte order mark, by the zero bytes of UTF-16, and are UTF-8 otherwise. Bytes that do not fit are an
 * error, never a replacement character: what people wrote must not change.
 *
 * @throws CustodyError `EXPORT_ENCODING`, also later on, from the pieces.
 */
export async function decode(
  bytes: AsyncGenerator<Buffer, void, undefined>,
  file: string,
  encoding?: string,
): Promise<DecodedText | null> {
  const chunks: Buffer[] = []
  let size = 0
  let ended = false
  while (size < HEAD_BYTES && !ended) {
    const { done, value } = await bytes.next()
    if (done) ended = true
    else {
      chunks.push(value)
      size += value.length
    }
  }
  const start = Buffer.concat(chunks)
  const label = encoding ?? sniffEncoding(start.subarray(0, SNIFF_BYTES))
  if (label === null) return null
  const decoder = new TextDecoder(label, { fatal: true })
  const piece = (chunk: Buffer | undefined): string => {
    try {
      return chunk ? decoder.decode(chunk, { stream: true }) : decoder.decode()
    } catch (cause) {
      throw new CustodyError('EXPORT_ENCODING', `${shown(file)} is not ${label} throughout.`, {
        cause,
        actions: ['Name its encoding in a mapping file, for example `encoding: windows-1252`.'],
      })
    }
  }
  const head = piece(start)
  async function* pieces(): AsyncGenerator<string, void, undefined> {
    yield head
    if (!ended) for await (const chunk of bytes) yield piece(chunk)
    const rest = piece(undefined)
    if (rest !== '') yield rest
  }
  return { encoding: label, head, pieces: pieces() }
}

/** The encoding by its marks; null for bytes that are no text. */
export function sniffEncoding(start: Buffer): string | null {
  if (start[0] === 0xef && start[1] === 0xbb && start[2] === 0xbf) return 'utf-8'
  if (start[0] === 0xff && start[1] === 0xfe) return 'utf-16le'
  if (start[0] === 0xfe && start[1] === 0xff) return 'utf-16be'
  const zeros = [0, 0]
  for (const [index, byte] of start.entries()) if (byte === 0) zeros[index % 2] = (zeros[index % 2] ?? 0) + 1
  const [even = 0, odd = 0] = zeros
  if (even + odd === 0) return 'utf-8'
  // Field names are ASCII: in UTF-16 the other half of each is zero.
  const many = start.length / 8
  if (odd > many && even < odd / 8) return 'utf-16le'
  if (even > many && odd < even / 8) return 'utf-16be'
  return null
}
