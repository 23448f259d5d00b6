import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import type { TransportResponse } from './transport.ts'

const unzip = promisify(gunzip)

/** A body as text, or what kept it from being one. */
export type Body =
  | { readonly text: string; readonly bytes: number; readonly fault?: undefined }
  | { readonly fault: BodyFault; readonly bytes: number }

/** `truncated`: it ended early, stalled, or was reset. `undecodable`: neither UTF-8 nor gzipped UTF-8. */
export type BodyFault = 'truncated' | 'too-large' | 'undecodable'

/**
 * Reads a whole body as UTF-8, at most `maxBytes` of it before and after inflating. `bytes` counts what came over the
 * wire. Faults are values: whoever asked for the signal looks at it first.
 */
export async function readBody(response: TransportResponse, maxBytes: number): Promise<Body> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  const declared = Number(response.headers['content-length'] ?? 0)
  try {
    for await (const chunk of response.body) {
      bytes += chunk.byteLength
      // Leaving the loop lets go of the connection; the declared length spares reading up to the bound.
      if (bytes > maxBytes || declared > maxBytes) return { fault: 'too-large', bytes }
      chunks.push(chunk)
    }
  } catch {
    return { fault: 'truncated', bytes }
  }
  const encoding = (response.headers['content-encoding'] ?? 'identity').toLowerCase()
  return decode(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks), encoding, maxBytes)
}

async function decode(received: Uint8Array, encoding: string, maxBytes: number): Promise<Body> {
  const bytes = received.byteLength
  if (encoding !== 'identity' && encoding !== 'gzip') return { fault: 'undecodable', bytes }
  try {
    // Off the main thread, and bounded: a small body can inflate a thousandfold.
    const plain = encoding === 'gzip' ? await unzip(received, { maxOutputLength: maxBytes }) : received
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(plain), bytes }
  } catch (error) {
    const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
    if (code === 'ERR_BUFFER_TOO_LARGE') return { fault: 'too-large', bytes }
    return { fault: code === 'Z_BUF_ERROR' ? 'truncated' : 'undecodable', bytes }
  }
}
