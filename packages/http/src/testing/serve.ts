import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Serving extends AsyncDisposable {
  readonly url: string
  /** How many connections were ever opened. */
  readonly connections: () => number
  /** How many are open now. */
  readonly open: () => Promise<number>
}

/** A real server on the loopback, until disposed. */
export async function serve(listener: RequestListener): Promise<Serving> {
  let connections = 0
  const server: Server = createServer(listener)
  server.on('connection', () => {
    connections += 1
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    connections: () => connections,
    open: () => new Promise((resolve, reject) => server.getConnections((e, count) => (e ? reject(e) : resolve(count)))),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
