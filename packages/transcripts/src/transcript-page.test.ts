import type { PageSource } from '@custody/archive'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { madePage, sampleConversation, sampleEntry, sampleSource } from './testing/sample-source.ts'
import { pagePolicy, transcriptPage } from './transcript-page.ts'

const make = transcriptPage()
const gapsHeader = 'identifier,record_id,what,subject_id,code,expected,found,reason,action\r\n'

test('holds what is shown of each conversation, in their order, and nothing else of it', async () => {
  const conversations = [
    sampleConversation(0, {
      sessions: [0, 1].map(() => ({
        recordId: '0Mw000000000000AAA',
        status: null,
        startTime: null,
        endTime: null,
        endUserId: '0PA000000000000AAA',
        agentMessageCount: null,
        endUserMessageCount: null,
      })),
      participants: [
        { role: 'agent', displayName: 'Ada', recordId: null, joinedAt: null, leftAt: null },
        { role: 'agent', displayName: ' ', recordId: null, joinedAt: null, leftAt: null },
      ],
    }),
    sampleConversation(1, { entries: [], startTime: '2026-10-02T00:00:00.000Z' }),
  ]
  const page = await madePage(make, sampleSource({ conversations }))
  expect(page.parts('facts')).toMatchObject([{ archive: 'acme-2026-10', conversations: 2, erased: 0 }])
  expect(page.parts('rows')).toEqual([
    [
      {
        identifier: 'c-0',
        channelName: 'Shop',
        channelType: 'WhatsApp',
        from: '2026-10-05T08:00:00.000Z',
        to: '2026-10-05T08:00:00.000Z',
        messages: 1,
        agents: ['Ada'],
        endUsers: ['Guest'],
        preview: 'Text of 0-1',
      },
      expect.objectContaining({ identifier: 'c-1', from: '2026-10-02T00:00:00.000Z', messages: 0, preview: null }),
    ],
  ])
  expect(page.parts('conversations')).toMatchObject([
    [
      {
        endUserIds: ['0PA000000000000AAA'],
        entries: [
          { id: '0-1', text: 'Text of 0-1' },
          { id: '0-2', kind: 'typing' },
        ],
      },
      { entries: [] },
    ],
  ])
  expect(page.parts('end')).toEqual([
    { conversationsLeftOut: 0, conversationsUnread: 0, findingsLeftOut: 0, findingsElsewhere: 0, unreadable: [] },
  ])
  expect(page.html).not.toContain('of the payload')
})

test('files stand there by name, size and hash, not by their address', async () => {
  const file = { sha256: 'ab'.repeat(32), size: 5, mimeType: 'image/png' }
  const attachment = { name: 'a.png', mimeType: null, url: 'https://files.example/a', id: 'id-at-salesforce', file }
  const content = { type: 'attachments', attachments: [attachment] } as const
  const card = { type: 'carousel', items: [{ title: 't', subtitle: null, image: attachment, options: [] }] } as const
  const link = { type: 'rich-link', title: 't', url: 'https://shop.example', image: attachment } as const
  const entries = [content, card, link].map((each, index) => sampleEntry(`e-${index}`, { content: each }))
  const page = await madePage(make, sampleSource({ conversations: [sampleConversation(0, { entries })] }))
  const shown = { name: 'a.png', mimeType: 'image/png', sha256: file.sha256, size: 5 }
  expect(page.parts('conversations')).toMatchObject([
    [
      {
        entries: [
          { content: { attachments: [shown] } },
          { content: { items: [{ image: shown }] } },
          { content: { url: 'https://shop.example', image: shown } },
        ],
      },
    ],
  ])
  expect(page.html).not.toMatch(/files\.example|id-at-salesforce/)
})

test('no text ends the element it stands in, and every text comes back', async () => {
  const { html: empty } = await madePage(make, sampleSource({ conversations: [] }))
  const scripts = (html: string): number => html.split('<script').length + html.split('</script').length
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: fc.constantFrom(...'<>!-/script \u2028\u0000\ud800') }),
    fc.constantFrom('</script>', '<!--', '<script>', ']]>', '</SCRIPT >', '<!--<script>'),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(text, text), { minLength: 1 }), async (said) => {
      const entries = said.map(([name, words]) =>
        sampleEntry(name, { text: words, sender: { role: 'bot', appType: null, subject: null, displayName: name } }),
      )
      const identifier = said[0]?.[0] ?? ''
      const source = sampleSource({ conversations: [sampleConversation(0, { identifier, entries })] })
      const page = await madePage(make, source)
      const [conversations] = page.parts<readonly { readonly entries: unknown }[]>('conversations')
      expect(conversations?.[0]?.entries).toMatchObject(said.map(([name, words]) => ({ id: name, name, text: words })))
      // Two blocks more than without it.
      expect(scripts(page.html)).toBe(scripts(empty) + 4)
      expect(page.html.split('<!--')).toHaveLength(empty.split('<!--').length)
    }),
    { numRuns: 40 },
  )
})

describe('what does not fit', () => {
  const conversations = [0, 1, 2].map((index) => sampleConversation(index))
  test.each([
    [3, 3, 0],
    [2, 2, 1],
    [0, 0, 3],
  ])(
    'messages: with room for %i there are %i conversations, and %i are told to be left out',
    async (messagesMax, here, out) => {
      const page = await madePage(transcriptPage({ messagesMax }), sampleSource({ conversations }))
      expect(page.parts('rows').flat()).toHaveLength(here)
      expect(page.parts('conversations').flat()).toHaveLength(here)
      expect(page.parts('end')).toMatchObject([{ conversationsLeftOut: out }])
    },
  )

  test('bytes', async () => {
    const huge = sampleConversation(1, { entries: [sampleEntry('huge', { text: 'x'.repeat(10_000) })] })
    const source = sampleSource({ conversations: [sampleConversation(0), huge, sampleConversation(2)] })
    const page = await madePage(transcriptPage({ bytesMax: 9_000 }), source)
    expect(page.parts('rows')).toMatchObject([[{ identifier: 'c-0' }]])
    expect(page.parts('end')).toMatchObject([{ conversationsLeftOut: 2 }])
    expect(page.html).not.toContain('xxxxx')
  })

  test('conversations that cannot be read are told, and are not taken for ones that did not fit', async () => {
    const counts = { conversations: 5 } as PageSource['run']['counts']
    const page = await madePage(make, sampleSource({ conversations, run: { counts, erased: 1 } }))
    expect(page.parts('end')).toMatchObject([{ conversationsLeftOut: 0, conversationsUnread: 1 }])
  })

  test('reading stops there, and the archive is let go', async () => {
    let [read, closed] = [0, false]
    const source: PageSource = {
      ...sampleSource({ conversations }),
      async *conversations() {
        try {
          for (const conversation of conversations) {
            read += 1
            yield conversation
          }
        } finally {
          closed = true
        }
      },
    }
    await madePage(transcriptPage({ messagesMax: 1 }), source)
    expect([read, closed]).toEqual([2, true])
  })
})

test('shards are cut, and rows and conversations stay in pairs', async () => {
  const conversations = Array.from({ length: 1_201 }, (_, index) => sampleConversation(index))
  const page = await madePage(make, sampleSource({ conversations }))
  expect(page.parts('rows').map(({ length }) => length)).toEqual([500, 500, 201])
  expect(page.parts('conversations').map(({ length }) => length)).toEqual([500, 500, 201])
  const [large = ''] = ['x'.repeat(600_000)]
  const few = [0, 1, 2].map((index) => sampleConversation(index, { entries: [sampleEntry('e', { text: large })] }))
  const cut = await madePage(make, sampleSource({ conversations: few }))
  expect(cut.parts('rows').map(({ length }) => length)).toEqual([2, 1])
})

describe('findings', () => {
  const conversations = ['c-0', '=c-1'].map((identifier, index) => sampleConversation(index, { identifier }))

  test('are those of conversations in the page; others are counted', async () => {
    const reports = {
      'data/reports/gaps.csv': `${gapsHeader}c-0,,messages,,RECONCILIATION_MISSING,"agent 2, end user 1","agent 1, end user 1",counts-differ,Archive again.\r\n'=c-1,,Entry,e,ENTRY_MALFORMED,,,No time,Mend it.\r\nc-9,,messages,,X,,,,\r\n,,3 records,,DROPPED,,,limit,\r\n`,
      'data/reports/differences.csv':
        "identifier,entry_id,source,what\r\nc-0,'=e,data360,text\r\nc-0,e-2,data360,not-here\r\n",
    }
    const page = await madePage(make, sampleSource({ conversations, reports }))
    expect(page.parts('findings')).toEqual([
      [
        {
          conversation: 0,
          code: 'RECONCILIATION_MISSING',
          detail: 'Expected agent 2, end user 1; delivered agent 1, end user 1. counts-differ. Archive again.',
        },
        { conversation: 1, code: 'ENTRY_MALFORMED', detail: 'No time. Mend it.' },
        { conversation: 0, code: 'SOURCES_DIFFER', entryId: '=e', detail: 'data360 gave another text.' },
        { conversation: 0, code: 'SOURCES_DIFFER', entryId: 'e-2', detail: 'data360 did not give it.' },
      ],
    ])
    expect(page.parts('end')).toMatchObject([{ findingsElsewhere: 2 }])
  })

  test('redactions are counted by type', async () => {
    const lines = [
      ['c-0', 'NAME'],
      ['=c-1', 'EMAIL'],
      ['c-0', 'CARD'],
      ['c-0', 'NAME'],
      ['c-9', 'NAME'],
      ['c-0', '__proto__'],
    ].map(([identifier, type]) => JSON.stringify({ identifier, type }))
    const reports = { 'data/reports/redactions.jsonl': `${lines.join('\n')}\n` }
    const page = await madePage(make, sampleSource({ conversations, reports }))
    expect(page.parts('redactions')).toEqual([
      [
        {
          conversation: 0,
          types: [
            ['CARD', 1],
            ['NAME', 2],
            ['__proto__', 1],
          ],
        },
        { conversation: 1, types: [['EMAIL', 1]] },
      ],
    ])
  })

  test('of a report that cannot be read are not taken for none', async () => {
    const reports = {
      'data/reports/gaps.csv': `${gapsHeader}c-0,"never ended`,
      'data/reports/redactions.jsonl': '{"identifier":"c-0","type":"NAME"}\n{',
    }
    const page = await madePage(make, sampleSource({ conversations, reports }))
    expect(page.parts('end')).toMatchObject([
      { unreadable: ['data/reports/gaps.csv', 'data/reports/redactions.jsonl'] },
    ])
    expect(page.parts('redactions')).toHaveLength(1)
  })
})

test('the preview is one short line, and cuts no character in two', async () => {
  const texts = ['a\n\n b', `${'😀'.repeat(200)}`, 'x'.repeat(140), 'x'.repeat(141), ' '.repeat(2_000)]
  const conversations = texts.map((text, index) => sampleConversation(index, { entries: [sampleEntry('e', { text })] }))
  const page = await madePage(make, sampleSource({ conversations }))
  const previews = page
    .parts('rows')
    .flatMap((rows) => (rows as readonly { preview: string }[]).map(({ preview }) => preview))
  expect(previews).toEqual(['a b', `${'😀'.repeat(140)}…`, 'x'.repeat(140), `${'x'.repeat(140)}…`, '…'])
})

test('requests nothing, unless it is served', async () => {
  expect(pagePolicy()).toMatch(
    /^default-src 'none'; script-src 'sha256-[^']+'; style-src 'sha256-[^']+'; connect-src 'none';/,
  )
  expect(pagePolicy({ filesAt: 'files/' })).toBe(pagePolicy().replace("connect-src 'none'", "connect-src 'self'"))
  const page = await madePage(transcriptPage({ filesAt: 'files/' }), sampleSource({ conversations: [] }))
  expect(page.html).toContain('<meta name="custody-files" content="files/">')
  expect(page.html).toContain(`content="${pagePolicy({ filesAt: 'files/' })}"`)
})

test.each([
  ['TRANSCRIPT_FILES_AT', { filesAt: 'https://elsewhere.example/' }],
  ['TRANSCRIPT_FILES_AT', { filesAt: '"><script>' }],
  ['TRANSCRIPT_LIMITS', { messagesMax: -1 }],
  ['TRANSCRIPT_LIMITS', { bytesMax: 1.5 }],
])('%s for %j', (code, options) => {
  expect(() => transcriptPage(options)).toThrow(expect.objectContaining({ code, kind: 'usage' }))
})
