import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { BrowsedArchive } from '@custody/archive'
import { CustodyError } from '@custody/pipeline'
import { pagePolicy, transcriptPage } from '@custody/transcripts'

const HOST = '127.0.0.1'
/** Where the files of the archive are, from the page. */
const FILES = 'files/'

export interface ArchiveServer extends AsyncDisposable {
  /** Of the page. Whoever knows it can read the archive. */
  readonly url: string
}

export interface ServeOptions {
  /** 0 takes a free one. */
  readonly port: number
  /** Makes the address one that nobody guesses. @defaultValue 16 random bytes */
  readonly token?: string
}

/**
 * Serves the page of an archive, and the archive's files for the page to hash. The page is always made anew: HTML that came with an
 * archive is served as bytes, and never run.
 *
 * Other users of the machine, and other pages in the browser, reach the port too: the path holds a random token, and the Host header has
 * to be ours, so that no name that was pointed at this machine (DNS rebinding) passes.
 *
 * @throws CustodyError `VIEW_PORT` of kind usage
 */
export async function serveArchive(
  archive: BrowsedArchive,
  { port, token = randomBytes(16).toString('base64url') }: ServeOptions,
): Promise<ArchiveServer> {
  const base = `/${token}/`
  const server = createServer((request, response) => {
    const { port: own } = server.address() as AddressInfo
    const hosts = [`${HOST}:${own}`, `localhost:${own}`]
    answer(request, response, hosts).catch(() => response.destroy())
  })
  server.listen({ host: HOST, port })
  await once(server, 'listening').catch((cause: NodeJS.ErrnoException) => {
    throw new CustodyError('VIEW_PORT', `Nothing can be served on port ${port} (${cause.code ?? 'unknown'}).`, {
      kind: 'usage',
      cause,
      actions: ['Leave --port out, and a free one is taken.'],
    })
  })
  const { port: own } = server.address() as AddressInfo
  return {
    url: `http://${HOST}:${own}${base}`,
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }

  async function answer(request: IncomingMessage, response: ServerResponse, hosts: readonly string[]): Promise<void> {
    for (const [name, value] of Object.entries(always)) response.setHeader(name, value)
    if (!hosts.includes(request.headers.host ?? '')) return refuse(response, 403)
    if (request.method !== 'GET') return refuse(response.setHeader('allow', 'GET'), 405)
    const { url = '' } = request
    if (!url.startsWith(base)) return refuse(response, 404)
    const path = url.slice(base.length)
    if (path === '') return await sendPage(response)
    if (path === FILES) return sendList(response)
    const file = path.startsWith(FILES) ? decoded(path.slice(FILES.length)) : null
    const chunks = file === null ? undefined : archive.read(file)
    if (file === null || chunks === undefined) return refuse(response, 404)
    response.setHeader('content-type', 'application/octet-stream')
    response.setHeader('content-disposition', 'attachment')
    response.setHeader('content-length', archive.files.get(file) ?? 0)
    await pipeline(Readable.from(chunks), response)
  }

  async function sendPage(response: ServerResponse): Promise<void> {
    response.setHeader('content-type', 'text/html; charset=utf-8')
    response.setHeader('content-security-policy', `${pagePolicy({ filesAt: FILES })}; frame-ancestors 'none'`)
    await pipeline(Readable.from(transcriptPage({ filesAt: FILES })(archive)), response)
  }

  function sendList(response: ServerResponse): void {
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(Object.fromEntries(archive.files)))
  }
}

/** Of every answer; what is no page may do nothing at all. */
const always: Readonly<Record<string, string>> = {
  'content-security-policy': "default-src 'none'; sandbox; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cache-control': 'no-store',
}

function refuse(response: ServerResponse, status: number): void {
  response.statusCode = status
  response.end()
}

/** Null for what no browser sends. Paths are looked up among the files of the archive, so none leads out of it. */
function decoded(path: string): string | null {
  try {
    return decodeURIComponent(path)
  } catch {
    return null
  }
}
