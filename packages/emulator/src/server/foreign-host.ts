import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Somebody else's server, to which URLs in payloads may point. Nobody who minds their tokens ever asks it. */
export interface ForeignHost {
  readonly server: Server
  readonly url: string
  /** How often it was asked, and whether a token came along. */
  readonly requests: { count: number; withToken: number }
}

export async function listenAsForeigner(): Promise<ForeignHost> {
  const requests = { count: 0, withToken: 0 }
  const server = createServer((request, response) => {
    requests.count += 1
    if (request.headers.authorization !== undefined) requests.withToken += 1
    response.writeHead(200, { 'content-type': 'application/octet-stream' })
    response.end('You should not have asked.')
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests }
}
