import type { ArchiveFacts, MakePage, MasterConversation, PageSource } from '@custody/archive'
import type { Entry } from '@custody/model'

/** An archive without files: what a page is made of. */
export interface SampleSource {
  readonly conversations: readonly MasterConversation[]
  readonly reports?: Readonly<Record<string, string>>
  readonly run?: Partial<ArchiveFacts>
}

export function sampleSource({ conversations, reports = {}, run = {} }: SampleSource): PageSource {
  const counts = { conversations: conversations.length, gaps: 0 } as ArchiveFacts['counts']
  const window = { from: '2026-10-01T00:00:00.000Z', to: '2026-11-01T00:00:00.000Z' }
  return {
    run: {
      v: 1,
      archive: 'acme-2026-10',
      org: 'acme',
      window,
      mode: 'plain',
      formats: ['jsonl', 'html'],
      verdict: 'complete',
      counts,
      recordsRoot: '',
      ...run,
    },
    async *conversations() {
      yield* conversations
    },
    read(path) {
      const text = reports[path]
      // In pieces of three bytes, for nothing comes in lines.
      return text === undefined ? undefined : pieces(new TextEncoder().encode(text), 3)
    },
  }
}

export function sampleConversation(index: number, changes: Partial<MasterConversation> = {}): MasterConversation {
  return {
    identifier: `c-${index}`,
    recordId: null,
    channelName: 'Shop',
    channelType: 'WhatsApp',
    startTime: null,
    endTime: null,
    continuedBefore: false,
    continuesAfter: false,
    sessions: [],
    participants: [],
    entries: [sampleEntry(`${index}-1`), sampleEntry(`${index}-2`, { kind: 'typing', text: null })],
    ...changes,
  }
}

export function sampleEntry(entryId: string, changes: Partial<Entry> = {}): Entry {
  return {
    entryId,
    sentAt: '2026-10-05T08:00:00.000Z',
    clientAt: null,
    kind: 'message',
    entryType: 'Message',
    sender: { role: 'end-user', appType: null, subject: null, displayName: 'Guest' },
    text: `Text of ${entryId}`,
    content: null,
    relatedRecords: [],
    source: 'connect',
    payload: { secret: 'of the payload' },
    extra: { more: 'of the payload' },
    ...changes,
  }
}

/** The page, and what stands in it by part. */
export async function madePage(make: MakePage, source: PageSource): Promise<MadePage> {
  const chunks: Uint8Array[] = []
  for await (const chunk of make(source)) chunks.push(chunk)
  const html = Buffer.concat(chunks).toString('utf8')
  return {
    html,
    parts: <Part>(name: string) =>
      [...html.matchAll(/<script type="application\/json" data-part="([a-z]+)">([^<]*)<\/script>/g)]
        .filter(([, part]) => part === name)
        .map(([, , json = '']) => JSON.parse(json) as Part),
  }
}

export interface MadePage {
  readonly html: string
  /** Values of the blocks of a part. What holds a `<` is none. */
  parts<Part = never>(name: string): readonly Part[]
}

async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}
