import { type EmulatorOptions, type Org, startEmulator } from '@custody/emulator'
import { createOrgClient, type FullOrgClient, type HttpEvent } from '@custody/http'
import { onTestFinished } from 'vitest'
import { type AskOptions, rowsOf } from '../soql/read-rows.ts'

/** A simulated org and a client of its first execution user. */
export interface AskedOrg {
  readonly org: Org
  readonly client: FullOrgClient
  /** Requests so far, by endpoint. */
  readonly requests: ReadonlyMap<string, number>
  /** One field of all rows of an object. */
  values(object: string, field: string, where?: string): Promise<readonly (string | null)[]>
}

/** Starts an org that is closed when the test is over. */
export async function askOrg(options: EmulatorOptions): Promise<AskedOrg> {
  const org = await startEmulator(options)
  const { clientId, clientSecret } = org.credentials
  const answer = await fetch(`${org.url}/services/oauth2/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
    }),
  })
  const { access_token: accessToken } = (await answer.json()) as { readonly access_token: string }
  const token = { accessToken, user: 'test', instanceUrl: org.url, apiUrl: org.apiUrl, expiresAt: null }
  const requests = new Map<string, number>()
  const client = createOrgClient({
    tokens: { token: async () => token, refused: () => undefined },
    limits: { query: null },
    onEvent: (event: HttpEvent) => {
      if (event.type === 'request-end') requests.set(event.endpoint, (requests.get(event.endpoint) ?? 0) + 1)
    },
  })
  onTestFinished(async () => {
    await client.close()
    await org.close()
  })
  const asking: AskOptions = { org: client }
  return {
    org,
    client,
    requests,
    async values(object, field, where = "Id != ''") {
      return (await rowsOf(object, field === 'Id' ? [] : [field], [where], asking)).map((row) =>
        field === 'Id' ? row.id : row.text(field),
      )
    },
  }
}
