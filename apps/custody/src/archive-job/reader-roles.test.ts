import type { EntryReader, Reading } from '@custody/archive'
import type { Conversation } from '@custody/model'
import { CustodyError, type Reject } from '@custody/pipeline'
import { expect, test } from 'vitest'
import type { EntryReaders } from './entry-readers.ts'
import { excusing, tellingAge, testifying } from './reader-roles.ts'
import type { ReadingJob } from './reading-job.ts'
import { routedReader } from './routed-reader.ts'

const conversation = (identifier: string, changes: Partial<Conversation> = {}): Conversation =>
  ({
    identifier,
    endTime: '2026-10-05T00:00:00.000Z',
    sessions: [],
    entries: [],
    continuesAfter: false,
    ...changes,
  }) as never

/** A reader that answers as told, and remembers whom it was asked about. */
function readerOf(answer: (conversation: Conversation) => Reading): EntryReader & { readonly asked: string[] } {
  const asked: string[] = []
  return {
    asked,
    source: 'data360',
    async read(conversations) {
      asked.push(...conversations.map(({ identifier }) => identifier))
      return conversations.map(answer)
    },
    async *rest() {
      yield conversation('rest')
    },
  }
}

async function ask(reader: EntryReader, ...asked: readonly Conversation[]) {
  const rejects: Omit<Reject, 'stage'>[] = []
  const context = {
    signal: new AbortController().signal,
    onReject: (reject: Omit<Reject, 'stage'>) => rejects.push(reject),
  }
  const readings = await reader.read(asked, context)
  const rest: string[] = []
  for await (const { identifier } of reader.rest?.(context) ?? []) rest.push(identifier)
  return { readings, rest, codes: rejects.map(({ code }) => code) }
}

test('a witness that throws is down: everything is failed, it is told once, and it is asked no more', async () => {
  const reader = readerOf(() => {
    throw new CustodyError('HTTP_503', 'down')
  })
  const witness = testifying(reader)
  expect(await ask(witness, conversation('a'))).toEqual({
    readings: ['failed'],
    rest: [],
    codes: ['WITNESS_UNAVAILABLE'],
  })
  expect(await ask(witness, conversation('b'))).toEqual({ readings: ['failed'], rest: [], codes: [] })
  expect(reader.asked).toEqual(['a'])
})

test('so is one that fails again and again; one that fails now and then is not', async () => {
  const many = Array.from({ length: 20 }, (_, index) => conversation(`c${index}`))
  expect((await ask(testifying(readerOf(() => 'failed')), ...many)).codes).toEqual(['WITNESS_UNAVAILABLE'])
  const often = readerOf(({ identifier }) => (identifier.endsWith('9') ? 'absent' : 'failed'))
  expect((await ask(testifying(often), ...many)).codes).toEqual([])
})

test('a witness that may not sign in ends the run, and so does an abort', async () => {
  const refused = new CustodyError('AUTH_INVALID_CLIENT', 'no', { kind: 'sign-in' })
  const reader = readerOf(() => {
    throw refused
  })
  await expect(ask(testifying(reader), conversation('a'))).rejects.toBe(refused)
})

test('what a witness cannot give is nobody’s business', async () => {
  const reader: EntryReader = {
    source: 'connect',
    async read(asked, { onReject }) {
      for (const code of ['CONNECT_TEXT_ONLY', 'ENTRY_CONFLICT'])
        onReject({ code, subject: { type: 'x', id: null }, message: '' })
      return asked.map(() => 'absent')
    },
  }
  expect((await ask(excusing(reader, ['CONNECT_TEXT_ONLY']), conversation('a'))).codes).toEqual(['ENTRY_CONFLICT'])
})

test('an export older than the end of the window says so, once', async () => {
  const window = { from: '2026-10-01T00:00:00.000Z', to: '2026-11-01T00:00:00.000Z' }
  const aged = (exportedAt: string | null) =>
    tellingAge(
      readerOf(() => 'absent'),
      { exportedAt, window } as ReadingJob,
    )
  const old = aged('2026-10-31T23:59:59.999Z')
  expect((await ask(old, conversation('a'))).codes).toEqual(['EXPORT_BEFORE_WINDOW_END'])
  expect((await ask(old, conversation('b'))).codes).toEqual([])
  for (const fine of [window.to, null]) expect((await ask(aged(fine), conversation('a'))).codes).toEqual([])
})

test('in a mixed run whatever reaches into the fresh part is read by the fresh source, whatever its times say', async () => {
  const fresh = '2026-10-20T00:00:00.000Z'
  const late = [{ sentAt: fresh }] as never
  const held: Readonly<Record<string, Reading>> = {
    old: conversation('old'),
    open: conversation('open'),
    'said later': conversation('said later', { entries: late }),
    'goes on': conversation('goes on', { continuesAfter: true }),
    unknown: 'absent',
  }
  const bulk = readerOf(({ identifier }) => held[identifier] ?? 'absent')
  const single = readerOf(({ identifier }) => conversation(`${identifier}, fresh`))
  const readers = { source: (source: string) => (source === 'data360' ? bulk : single) } as unknown as EntryReaders
  const routed = routedReader(readers, [
    { from: '2026-10-01T00:00:00.000Z', to: fresh, source: 'data360' },
    { from: fresh, to: '2026-11-01T00:00:00.000Z', source: 'conversation-data' },
  ])
  const { readings } = await ask(
    routed,
    conversation('old'),
    conversation('open', { endTime: null }),
    conversation('said later'),
    conversation('goes on'),
    conversation('unknown'),
  )
  expect(readings.map((reading) => (typeof reading === 'string' ? reading : reading.identifier))).toEqual([
    'old',
    'open, fresh',
    'said later, fresh',
    'goes on, fresh',
    'absent',
  ])
  expect(bulk.asked).toHaveLength(5)
})
