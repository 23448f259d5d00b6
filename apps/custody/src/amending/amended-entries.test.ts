import type { Amendment, EntrySeen } from '@custody/ledger'
import type { Conversation } from '@custody/model'
import { type Batch, mapRecords } from '@custody/pipeline'
import { expect, test } from 'vitest'
import { amendedEntries } from './amended-entries.ts'

const window = { from: '2026-10-01T00:00:00.000Z', to: '2026-11-01T00:00:00.000Z' }
const conversation = (identifier: string, entryIds: readonly string[]): Conversation =>
  ({
    identifier,
    entries: entryIds.map((entryId) => ({
      entryId,
      sentAt: window.from,
      entryType: 'Message',
      sender: { role: 'agent' },
      text: 'Hello',
      content: null,
    })),
    reconciliation: { verdict: 'matched', reason: null },
  }) as unknown as Conversation

/** The second reading of conversations of which entries called late… are late; `refused` is what redaction refuses. */
async function secondReading(
  conversations: readonly Conversation[],
  found: { readonly late: number; readonly vanished?: number },
  refused = '',
) {
  const retracted: string[] = []
  const told: string[] = []
  let gaps: number | null = null
  const stages = amendedEntries({
    ledger: {
      amendmentsOf: async (_, rows) =>
        rows.map(({ entryId }) =>
          entryId.startsWith('late') ? ({ kind: 'late', entry: entryId } as Amendment) : null,
        ),
      retractAmendments: async (_, rows: readonly EntrySeen[]) => {
        retracted.push(...rows.map(({ entryId }) => entryId))
      },
    },
    ledgerKey: new Uint8Array(32),
    runId: 'run',
    window,
    found: { compared: 0, changed: 0, vanished: 0, ...found },
    onRead: async (noted) => {
      gaps = noted.count
    },
  })
  async function* source(): AsyncGenerator<Batch<Conversation>> {
    for (const one of conversations) yield { records: [one], rejects: [] }
  }
  const redact = mapRecords<Conversation, Conversation>({
    name: 'redact',
    map: (one, { refuse }) =>
      one.identifier === refused
        ? refuse({ code: 'RESIDUE', subject: { type: 'Conversation', id: refused }, message: '' })
        : one,
  })
  for await (const { records } of stages.record(redact(stages.read(source())))) {
    for (const one of records) {
      for (const entry of one.entries) told.push(`${one.identifier} ${stages.amendmentOf(one, entry)?.entry}`)
    }
  }
  return { told, retracted, gaps }
}

const conversations = [
  conversation('c1', ['late-1', 'known']),
  conversation('c2', ['known']),
  conversation('c3', ['late-2']),
]

test('leaves just what the first reading found, and says what of each it is', async () => {
  expect(await secondReading(conversations, { late: 2 })).toEqual({
    told: ['c1 late-1', 'c3 late-2'],
    retracted: [],
    gaps: 0,
  })
})

test.each(['c1', 'c3'])('takes back what redaction refuses, for it is in no archive: %s', async (refused) => {
  const { retracted, gaps } = await secondReading(conversations, { late: 2 }, refused)
  expect({ retracted, gaps }).toEqual({ retracted: [refused === 'c1' ? 'late-1' : 'late-2'], gaps: 1 })
})

test.each([
  ['less', conversations.slice(0, 2), { late: 2 }, ''],
  ['more', conversations, { late: 1 }, ''],
  ['not all of it, when something was to be gone', conversations, { late: 2, vanished: 1 }, 'c1'],
] as const)('writes nothing where the second reading gives %s', async (_, read, found, refused) => {
  await expect(secondReading(read, found, refused)).rejects.toMatchObject({ code: 'AMENDMENT_MOVED', retryable: true })
})
