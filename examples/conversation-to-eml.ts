// One conversation as an e-mail file, for a mail archive or a review tool that reads nothing else.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { entries } from '@custody/entries-source'
import type { Conversation } from '@custody/model'
import { from } from '@custody/pipeline'
import { census } from '@custody/records-source'
import MailComposer from 'nodemailer/lib/mail-composer'
import { startDemoOrg } from './org/demo-org.ts'

/** Headers and body are encoded by the library: nothing in a name can end a header or begin another. */
function eml({ identifier, channelName, startTime, entries, endUsers }: Conversation): Promise<Buffer> {
  const lines = entries
    .filter(({ text }) => text !== null)
    .map(({ sentAt, sender, text }) => `${sentAt}  ${sender.displayName ?? sender.role}:\n${text}\n`)
  return new MailComposer({
    from: { name: endUsers[0]?.name ?? 'Unknown', address: 'end-user@conversation.invalid' },
    to: { name: channelName ?? 'Unknown channel', address: 'channel@conversation.invalid' },
    subject: `Conversation ${identifier}`,
    messageId: `<${identifier}@conversation.invalid>`,
    ...(startTime !== null && { date: new Date(startTime) }),
    text: lines.join('\n'),
  })
    .compile()
    .build()
}

await using demo = await startDemoOrg(5)
const folder = await mkdtemp(join(tmpdir(), 'custody-example-'))
for await (const { records } of from(census(demo)).through(entries(demo)).batches()) {
  const [conversation] = records
  if (!conversation) continue
  const file = join(folder, 'conversation.eml')
  await writeFile(file, await eml(conversation))
  console.log((await readFile(file, 'utf8')).split('\r\n', 5).join('\n'))
  break
}
await rm(folder, { recursive: true })
