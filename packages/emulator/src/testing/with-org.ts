import { type EmulatorOptions, type Org, startEmulator } from '../start-emulator.ts'
import { connect, type TestClient } from './client.ts'

/** Starts an org, signs in, and closes the org however the test ends. */
export async function withOrg(
  options: EmulatorOptions,
  use: (org: Org, client: TestClient) => Promise<void>,
): Promise<void> {
  const org = await startEmulator(options)
  try {
    await use(org, await connect(org))
  } finally {
    await org.close()
  }
}

/** A client of each execution user. */
export async function connectAll(org: Org): Promise<readonly TestClient[]> {
  return Promise.all(org.allCredentials.map((credentials) => connect({ ...org, credentials })))
}

/** The conversation with the most entries. */
export function longest(org: Org): string {
  let best = { conversationIdentifier: '', entries: -1 }
  for (const conversation of org.truth.conversations()) if (conversation.entries > best.entries) best = conversation
  return best.conversationIdentifier
}
