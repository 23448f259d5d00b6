import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ArchiveOptions, archive } from '@custody/archive'
import type { Conversation, Entry, Instant, Window } from '@custody/model'
import { defineSource, type Reject } from '@custody/pipeline'
import { reportPage } from '../archive-page.ts'
import { temporaryFolder } from './temporary-folder.ts'

export const october: Window = { from: '2026-10-01T00:00:00.000Z', to: '2026-11-01T00:00:00.000Z' }

/** A conversation with a message at each of these times, by agent and customer in turn. */
export function conversation(
  index: number,
  times: readonly Instant[],
  changes: Partial<Conversation> = {},
): Conversation {
  return {
    identifier: `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
    recordId: `0dw${String(index).padStart(15, '0')}`,
    channelName: 'Shop',
    channelType: 'EmbeddedMessaging',
    startTime: times[0] ?? null,
    endTime: null,
    continuedBefore: false,
    continuesAfter: false,
    sessions: [],
    participants: [],
    endUsers: [],
    entries: times.map((sentAt, place) => entry(`${index}-${place}`, sentAt, place % 2 === 0 ? 'end-user' : 'agent')),
    delivered: {
      source: 'conversation-data',
      entries: times.length,
      entriesInWindow: times.length,
      agentMessages: Math.floor(times.length / 2),
      endUserMessages: Math.ceil(times.length / 2),
      requests: 1,
    },
    reconciliation: { verdict: 'matched', reason: null, expectedAgentMessages: 1, expectedEndUserMessages: 1 },
    witnesses: [],
    redactions: [],
    ...changes,
  }
}

export function entry(
  entryId: string,
  sentAt: Instant,
  role: Entry['sender']['role'],
  kind: Entry['kind'] = 'message',
): Entry {
  return {
    entryId,
    sentAt,
    clientAt: null,
    kind,
    entryType: 'Message',
    sender: { role, appType: null, subject: null, displayName: null },
    text: `Text of ${entryId}`,
    content: null,
    relatedRecords: [],
    source: 'conversation-data',
    extra: null,
    payload: { id: entryId },
  }
}

/** A conversation of which the census counts so many messages more than were delivered. */
export function lacking(index: number, times: readonly Instant[], messages: number): Conversation {
  const whole = conversation(index, times)
  return {
    ...whole,
    reconciliation: {
      verdict: 'missing',
      reason: 'fewer-than-census',
      expectedAgentMessages: whole.delivered?.agentMessages ?? 0,
      expectedEndUserMessages: (whole.delivered?.endUserMessages ?? 0) + messages,
    },
  }
}

export function refused(id: string): Reject {
  return {
    stage: 'entries',
    code: 'ENTRIES_NOT_FOUND',
    subject: { type: 'Conversation', id },
    message: 'Nothing of it.',
  }
}

export interface WrittenArchive {
  readonly path: string
  /** Its report.html. */
  readonly page: string
}

/** Writes an archive as a folder, with its report. */
export async function writeArchive(
  conversations: readonly Conversation[],
  changes: Partial<ArchiveOptions> = {},
  rejects: readonly Reject[] = [],
): Promise<WrittenArchive> {
  const directory = temporaryFolder()
  let path = ''
  const source = defineSource<Conversation>('samples', async function* () {
    yield { records: conversations, rejects }
  })
  const sink = archive({
    directory,
    org: 'acme',
    window: october,
    container: 'folder',
    formats: ['jsonl', 'csv'],
    mode: 'plain',
    key: new Uint8Array(32),
    run: { runId: 'run-1', tool: 'test/1.0.0', startedAt: '2026-11-02T03:00:00.000Z' },
    pages: { report: reportPage() },
    onWritten: (result) => {
      path = result.path
    },
    ...changes,
  })
  await sink(source())
  return { path, page: readFileSync(join(path, 'report.html'), 'utf8') }
}

/** The rows of a table of a page, by its caption: cells as text. */
export function tableOf(page: string, caption: string): readonly (readonly string[])[] {
  const table = page.split('<table>').find((each) => each.includes(`<caption>${caption}`)) ?? ''
  const body = /<tbody>([\s\S]*?)<\/tbody>/.exec(table)?.[1] ?? ''
  return [...body.matchAll(/<tr>([\s\S]*?)<\/tr>/g)].map(([, row = '']) =>
    [...row.matchAll(/<t[hd][^>]*>([\s\S]*?)<\/t[hd]>/g)].map(([, cell = '']) => cell.replaceAll(/<[^>]*>/g, '')),
  )
}

/** The numbers at a glance, by name. */
export function figuresOf(page: string): Readonly<Record<string, number>> {
  const all = [...page.matchAll(/<div><dt>([^<]*)<\/dt><dd>([\d,]*)<\/dd><\/div>/g)]
  return Object.fromEntries(all.map(([, name = '', number = '']) => [name, numberOf(number)]))
}

export function numberOf(text: string | undefined): number {
  return Number((text ?? '').replaceAll(',', ''))
}
