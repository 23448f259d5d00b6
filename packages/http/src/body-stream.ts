import { pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { CustodyError } from '@custody/pipeline'
import type { TransportResponse } from './transport.ts'

/** What keeps a body from being handed on. */
export type StreamFault = 'truncated' | 'too-large' | 'not-inflatable'

export interface BodyStreamOptions {
  /** After inflating. */
  readonly maxBytes: number
  readonly signal: AbortSignal | undefined
  readonly errorFor: (fault: StreamFault) => CustodyError
  /** Called once, however it ends, with the bytes as received. */
  readonly onEnd: (receivedBytes: number) => void
}

/** What the head alone says against the body; null: nothing. */
export function headFault({ headers }: TransportResponse, maxBytes: number): StreamFault | null {
  const encoding = encodingOf(headers)
  if (encoding !== 'identity' && encoding !== 'gzip') return 'not-inflatable'
  return (declaredBytes(headers) ?? 0) > receivable(encoding, maxBytes) ? 'too-large' : null
}

/** Lets go of a body that nobody wants. */
export async function discard({ body }: TransportResponse): Promise<void> {
  try {
    // Only a loop that has begun lets go of the connection when it is left.
    for await (const _ of body) break
  } catch {
    // It was not wanted.
  }
}

/** The body as it comes, inflated, at most `maxBytes` of it. Whoever leaves the loop early lets go of the connection. */
export async function* streamBody(response: TransportResponse, options: BodyStreamOptions): AsyncGenerator<Uint8Array> {
  const { maxBytes, signal, errorFor, onEnd } = options
  const encoding = encodingOf(response.headers)
  const declared = declaredBytes(response.headers)
  const maxReceived = receivable(encoding, maxBytes)
  let received = 0
  let given = 0

  async function* wire(): AsyncGenerator<Uint8Array> {
    for await (const chunk of response.body) {
      received += chunk.byteLength
      if (received > maxReceived) throw errorFor('too-large')
      yield chunk
    }
    if (declared !== null && received < declared) throw errorFor('truncated')
  }

  try {
    for await (const chunk of encoding === 'gzip' ? inflated(wire()) : wire()) {
      given += chunk.byteLength
      if (given > maxBytes) throw errorFor('too-large')
      yield chunk
    }
  } catch (error) {
    signal?.throwIfAborted()
    throw CustodyError.isInstance(error) ? error : errorFor(faultOf(error))
  } finally {
    onEnd(received)
  }
}

function inflated(source: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  const gunzip = createGunzip({ chunkSize: 65_536 })
  // The loop over it throws what goes wrong on either side.
  pipeline(source, gunzip, () => {})
  return gunzip
}

function faultOf(error: unknown): StreamFault {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : ''
  return code.startsWith('Z_') && code !== 'Z_BUF_ERROR' ? 'not-inflatable' : 'truncated'
}

function encodingOf(headers: Readonly<Record<string, string>>): string {
  return (headers['content-encoding'] ?? 'identity').toLowerCase()
}

function declaredBytes(headers: Readonly<Record<string, string>>): number | null {
  const value = headers['content-length'] ?? ''
  return /^\d+$/.test(value) ? Number(value) : null
}

/** What cannot be compressed grows a little by gzip; a body of nothing but empty members must end all the same. */
function receivable(encoding: string, maxBytes: number): number {
  return encoding === 'gzip' ? maxBytes + Math.ceil(maxBytes / 100) + 1_024 : maxBytes
}
