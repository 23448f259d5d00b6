import { type EmulatorOptions, type Org, startEmulator } from '../start-emulator.ts'
import { connectData360, type Data360TestClient } from './data360-client.ts'

/** An org for one test, with a client of its Data 360. */
export async function withData360(
  options: EmulatorOptions,
  use: (client: Data360TestClient, org: Org) => Promise<void>,
): Promise<void> {
  const org = await startEmulator(options)
  try {
    await use(await connectData360(org), org)
  } finally {
    await org.close()
  }
}
