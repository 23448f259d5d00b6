// bulk-org.ts FOLDER CONVERSATIONS: a simulated org with its export and a configuration for it in a folder, until it is killed.
import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startEmulator } from '@custody/emulator'

const [folder = '', conversations = ''] = process.argv.slice(2)
mkdirSync(folder, { recursive: true })
const org = await startEmulator({
  conversations: Number(conversations),
  limits: { entriesPerMinute: 1_000_000 },
})
await org.transcriptExport({ layout: 'csv', directory: join(folder, 'export') })
const { clientId, clientSecret } = org.credentials
for (const [name, secret] of Object.entries({ clientId, clientSecret, archiveSecret: 'ab'.repeat(32) })) {
  writeFileSync(join(folder, name), secret, { mode: 0o600 })
}
// Whoever waits for it finds all of it.
const unfinished = join(folder, 'unfinished.yaml')
writeFileSync(
  unfinished,
  `version: 1
orgs:
  bench:
    loginUrl: ${org.url}
    auth:
      flow: client-credentials
      users: [{ name: archive-1, clientId: { file: ${folder}/clientId }, clientSecret: { file: ${folder}/clientSecret } }]
    archiveSecret: { file: ${folder}/archiveSecret }
    limits: { entriesPerMinute: 1000000, activeConversations: 100000, orgActiveConversations: 1000000 }
archive: { directory: ${folder}/archives, allowCounted: true }
state: { directory: ${folder}/state }
`,
)
renameSync(unfinished, join(folder, 'custody.config.yaml'))
