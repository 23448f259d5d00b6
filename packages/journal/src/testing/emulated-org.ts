import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createOrgClient, type FullOrgClient, type OrgClientOptions } from '@custody/http'
import { onTestFinished } from 'vitest'

/** What the server answers. */
export type Answering = (request: IncomingMessage) => {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body: string
}

export interface EmulatedOrg {
  /** The address of each request so far. */
  readonly asked: readonly string[]
  readonly client: FullOrgClient
}

/** A real server, and a real client for it, until the test has ended. */
export async function emulatedOrg(answering: Answering, options: Partial<OrgClientOptions> = {}): Promise<EmulatedOrg> {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(request.url ?? '')
    const { status = 200, headers = {}, body } = answering(request)
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const token = { accessToken: 'secret-token', user: 'archive-1', instanceUrl: url, apiUrl: url, expiresAt: null }
  const client = createOrgClient({
    tokens: { token: async () => token, refused: () => undefined },
    limits: { 'conversation-entries': null },
    retry: { baseDelayMs: 1 },
    ...options,
  })
  onTestFinished(async () => {
    await client.close()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  return { asked, client }
}
