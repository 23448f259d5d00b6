import { clientCredentials, createTokenProvider } from '@custody/auth'
import { startEmulator } from '@custody/emulator'
import { type ActiveConversations, createActiveConversations, createOrgClient, type OrgClient } from '@custody/http'
import type { Window } from '@custody/model'

/** A client for a simulated org; for a real one, give `createTokenProvider` its address and credentials. */
export interface DemoOrg extends AsyncDisposable {
  readonly org: OrgClient
  readonly window: Window
  readonly activeConversations: ActiveConversations
}

export async function startDemoOrg(conversations: number): Promise<DemoOrg> {
  const emulator = await startEmulator({ conversations })
  const { url, credentials, window } = emulator
  const org = createOrgClient({
    tokens: createTokenProvider({ user: 'example', loginUrl: url, grant: clientCredentials(credentials) }),
  })
  return {
    org,
    window,
    activeConversations: createActiveConversations(),
    async [Symbol.asyncDispose]() {
      await org.close()
      await emulator.close()
    },
  }
}
