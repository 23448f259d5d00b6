import { gzipSync } from 'node:zlib'
import type { Transport, TransportRequest, TransportResponse } from '../transport.ts'

/** One scripted answer. */
export interface Reply {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array | readonly Uint8Array[]
  readonly json?: unknown
  readonly gzip?: boolean
  /** The body fails after what there is of it. */
  readonly cut?: boolean
  /** No answer at all. */
  readonly error?: Error
}

/** Answers from a list, the last one for ever, or from a function; keeps what was asked. */
export function fakeTransport(
  replies: readonly Reply[] | ((request: TransportRequest, index: number) => Reply | Promise<Reply>),
): Transport & { readonly requests: TransportRequest[] } {
  const requests: TransportRequest[] = []
  const transport: Transport = async (request) => {
    request.signal?.throwIfAborted()
    const index = requests.push(request) - 1
    const reply =
      typeof replies === 'function'
        ? await replies(request, index)
        : (replies[Math.min(index, replies.length - 1)] as Reply)
    if (reply.error) throw reply.error
    return respond(reply)
  }
  return Object.assign(transport, { requests })
}

function respond(reply: Reply): TransportResponse {
  const plain = reply.body ?? (reply.json === undefined ? '{}' : JSON.stringify(reply.json))
  const bytes = Array.isArray(plain) ? (plain as readonly Uint8Array[]) : [Buffer.from(plain as string | Uint8Array)]
  const chunks = reply.gzip ? [gzipSync(Buffer.concat(bytes))] : bytes
  return {
    status: reply.status ?? 200,
    headers: { ...(reply.gzip && { 'content-encoding': 'gzip' }), ...reply.headers },
    body: (async function* () {
      yield* chunks
      if (reply.cut) throw Object.assign(new Error('other side closed: secret'), { code: 'UND_ERR_SOCKET' })
    })(),
  }
}
