import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Org } from '@custody/emulator'
import { usageError } from '@custody/pipeline'

/** @throws CustodyError of kind usage, `FOLDER_EXISTS`, before the org is started. */
export async function assertNewFolder(folder: string): Promise<void> {
  if (!existsSync(folder)) return
  throw usageError('FOLDER_EXISTS', `${folder} is there already, and would be written over.`, 'Name a new folder.')
}

/**
 * What it takes to try everything against a simulated org, in a folder: `custody.config.yaml`, the variables it names
 * (`environment`, for a shell), and `requests.csv`, a deletion request of somebody who wrote to this org.
 */
export async function writeTrialFolder(folder: string, org: Org, config: string): Promise<void> {
  const { clientId, clientSecret } = org.credentials
  const environment = {
    DEMO_CLIENT_ID: clientId,
    DEMO_CLIENT_SECRET: clientSecret,
    DEMO_ARCHIVE_SECRET: randomBytes(32).toString('hex'),
  }
  await mkdir(folder, { recursive: true })
  const write = (name: string, text: string, mode = 0o644): Promise<void> =>
    writeFile(join(folder, name), text, { mode, flag: 'wx' })
  await write('custody.config.yaml', `${config}\narchive: { directory: ./archives }\nseal: {}\n`)
  const lines = Object.entries(environment).map(([name, value]) => `export ${name}=${value}\n`)
  await write('environment', lines.join(''), 0o600)
  await write('requests.csv', `reference,received,emails\nREQ-1,${org.window.to.slice(0, 10)},${somebody(org)}\n`)
}

/** The address of somebody whose sessions have all ended: others cannot be deleted. */
function somebody({ truth, setSessions, window }: Org): string {
  for (const { recordId, emails } of truth.endUsers(window)) {
    if (emails[0] === undefined) continue
    setSessions(recordId, 'ended')
    return emails[0]
  }
  throw new Error('The org is too small to hold anybody with an e-mail address.')
}
