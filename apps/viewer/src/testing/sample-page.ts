import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { MasterConversation } from '@custody/archive'
import type { Content, Role } from '@custody/model'
import { type TranscriptPageOptions, transcriptPage } from '@custody/transcripts'
import {
  sampleConversation,
  sampleEntry,
  sampleSource,
} from '../../../../packages/transcripts/src/testing/sample-source.ts'

/** What somebody might write to harm whoever reads it. */
export const hostileTexts: readonly string[] = [
  '<script>window.harmed = 1</script>',
  '<img src="https://harm.example/i.png" onerror="window.harmed = 1">',
  '</script><script>window.harmed = 1</script><!--',
  '<svg onload="window.harmed = 1"><iframe src="https://harm.example/">',
  'javascript:window.harmed=1',
  '[x](javascript:window.harmed=1) data:text/html,<script>window.harmed=1</script>',
  '{{constructor.constructor("window.harmed=1")()}}',
]
/** `invoice` followed by a name that reads backwards. */
export const bidiText = 'invoice\u202egpj.exe'

const image = { name: 'photo.png', mimeType: 'image/png', url: 'https://harm.example/photo.png', id: null }
const option = (title: string): { id: string; title: string; subtitle: null } => ({ id: title, title, subtitle: null })
export const contents: readonly Content[] = [
  {
    type: 'attachments',
    attachments: [{ ...image, file: { sha256: 'ab'.repeat(32), size: 123_456, mimeType: null } }],
  },
  { type: 'buttons', options: [option('Track my parcel'), option('Talk to somebody')] },
  { type: 'choice', selected: [option('Track my parcel')] },
  { type: 'rich-link', title: 'Returns', url: 'javascript:window.harmed=1', image },
  { type: 'links', links: [{ title: 'Shop', url: 'https://shop.example/help' }] },
  { type: 'carousel', items: [{ title: 'Boots', subtitle: 'Size 42', image, options: [option('Buy')] }] },
  { type: 'form-response', fields: [{ label: 'Order', type: 'TextInput', value: 'HP-1', options: [] }] },
  { type: 'template', name: 'welcome' },
]

/** Conversations of every kind; `count` in all. Of the first is written in `hostileTexts`, of the second in `contents`. */
export function sampleConversations(count: number, messages = 4): readonly MasterConversation[] {
  return Array.from({ length: count }, (_, index) => {
    if (index === 0)
      return conversation(
        index,
        [...hostileTexts, bidiText].map((text) => ({ text })),
      )
    if (index === 1)
      return conversation(
        index,
        contents.map((content) => ({ text: null, content })),
      )
    return conversation(
      index,
      Array.from({ length: messages }, (_, at) => ({ text: `Message ${at + 1} about order HP-${index}` })),
    )
  })
}

function conversation(index: number, said: readonly { text: string | null; content?: Content }[]): MasterConversation {
  const start = Date.parse('2026-10-01T00:30:00.000Z') + index * 3_600_000
  const agent = index % 2 === 0 ? 'Ada Okafor' : 'Bo Lindqvist'
  const roles: readonly Role[] = ['end-user', 'bot', 'agent']
  const customer = index === 4 ? '[NAME:k1:9f3kq2mzt4wc]' : `Customer ${index}`
  const names: Partial<Record<Role, string>> = { 'end-user': customer, bot: 'Helper', agent }
  const entries = said.map(({ text, content }, at) => {
    const role = roles[at % roles.length] ?? 'bot'
    return sampleEntry(`${index}-${at}`, {
      sentAt: new Date(start + at * 45_000).toISOString(),
      text,
      content: content ?? null,
      sender: { role, appType: null, subject: null, displayName: names[role] ?? null },
    })
  })
  const joined = sampleEntry(`${index}-joined`, {
    sentAt: new Date(start).toISOString(),
    kind: 'participant-change',
    entryType: 'ParticipantChanged',
    text: null,
    content: { type: 'participants', changes: [{ operation: 'add', role: 'agent', displayName: agent }] },
    sender: { role: 'system', appType: null, subject: null, displayName: null },
  })
  return sampleConversation(index, {
    identifier: `conversation-${index}`,
    channelName: index % 3 === 0 ? 'Web chat' : 'Shop',
    channelType: index % 3 === 0 ? 'EmbeddedMessaging' : 'WhatsApp',
    participants: [{ role: 'agent', displayName: agent, recordId: null, joinedAt: null, leftAt: null }],
    entries: [joined, ...entries],
  })
}

/** Reports about the sample: a gap and a difference of the fourth conversation, redactions of the fifth. */
export const sampleReports: Readonly<Record<string, string>> = {
  'data/reports/gaps.csv':
    'identifier,record_id,what,subject_id,code,expected,found,reason,action\r\n' +
    'conversation-3,,messages,,RECONCILIATION_MISSING,"agent 2, end user 2","agent 1, end user 2",fewer,Archive again.\r\n',
  'data/reports/differences.csv': 'identifier,entry_id,source,what\r\nconversation-3,3-1,data360,text\r\n',
  'data/reports/redactions.jsonl': `${JSON.stringify({ identifier: 'conversation-4', type: 'NAME' })}\n`.repeat(3),
}

/** Writes a page into a folder of its own, and gives its address. */
export async function writePage(
  conversations: readonly MasterConversation[],
  options: TranscriptPageOptions = {},
): Promise<string> {
  const source = sampleSource({
    conversations,
    reports: sampleReports,
    run: { mode: 'redacted', verdict: 'incomplete', counts: { conversations: conversations.length, gaps: 1 } as never },
  })
  const chunks: Uint8Array[] = []
  for await (const chunk of transcriptPage(options)(source)) chunks.push(chunk)
  const file = join(mkdtempSync(join(tmpdir(), 'custody-viewer-')), 'index.html')
  writeFileSync(file, Buffer.concat(chunks))
  return `file://${file}`
}
