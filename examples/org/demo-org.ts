import { clientCredentials, createTokenProvider } from '@custody/auth'
import { startEmulator } from '@custody/emulator'
import {
  type ActiveConversations,
  createActiveConversations,
  createOrgClient,
  type OrgClient,
  type TokenProvider,
} from '@custody/http'
import type { Window } from '@custody/model'

/** A client for a simulated org; for a real one, give `createTokenProvider` its address and credentials. */
export interface DemoOrg extends AsyncDisposable {
  readonly org: OrgClient
  readonly tokens: TokenProvider
  readonly window: Window
  readonly activeConversations: ActiveConversations
}

/** @param clientSecret - another than the right one, to see what happens then */
export async function startDemoOrg(conversations: number, clientSecret?: string): Promise<DemoOrg> {
  const emulator = await startEmulator({ conversations })
  const { url, credentials, window } = emulator
  const grant = clientCredentials({ ...credentials, ...(clientSecret !== undefined && { clientSecret }) })
  const tokens = createTokenProvider({ user: 'example', loginUrl: url, grant })
  const org = createOrgClient({ tokens })
  return {
    org,
    tokens,
    window,
    activeConversations: createActiveConversations(),
    async [Symbol.asyncDispose]() {
      await org.close()
      await emulator.close()
    },
  }
}
