import { mkdtempSync, readdirSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Org } from '@custody/emulator'
import { expect, test } from 'vitest'
import { runProgram } from './program.ts'
import { type OpenedArchive, openArchive } from './testing/opened-archive.ts'
import { type OrgsUnderTest, startOrgsUnderTest } from './testing/orgs-under-test.ts'

const conversations = process.env['SLOW'] ? 600 : 30
/** Without, every window is read again at the end: a change is found in either way, and once. */
const audit = process.env['SLOW'] ? 3 : 0
const year = 2025
const instant = (month: number, day = 1, time = '00:00:00.000'): string =>
  new Date(Date.UTC(year, month - 1, day)).toISOString().replace('00:00:00.000', time)
const monthOf = (month: number): { from: string; to: string } => ({ from: instant(month), to: instant(month + 1) })
const dayOf = (moment: string): string => moment.slice(0, 10)

type Change = { readonly kind: 'late' | 'changed' | 'vanished'; readonly entryId: string }

/** Entries of a month, those of the longest conversation left alone. */
const messagesOf = (org: Org, month: number) =>
  [...org.truth.entries(monthOf(month))].filter(({ isMessage }) => isMessage)

/** Adds an entry to a month that is archived already. */
function comeLate(org: Org, month: number): Change {
  const [known] = messagesOf(org, month)
  if (!known) throw new Error('every month holds a message')
  const sentAt = new Date(Date.parse(known.sentAt) + 1_500).toISOString()
  return { kind: 'late', entryId: org.append(known.conversationIdentifier, { text: 'One more question.', sentAt }) }
}

/** Rewrites a message of plain text, as Connect allows. */
function rewrite(org: Org, month: number): Change {
  for (const { entryId } of messagesOf(org, month).slice(2)) {
    try {
      org.edit(entryId, 'What stood here was taken back.')
      return { kind: 'changed', entryId }
    } catch {
      // No message of plain text.
    }
  }
  throw new Error('every month holds plain text')
}

function vanish(org: Org, month: number): Change {
  const gone = messagesOf(org, month).at(-1)
  if (!gone) throw new Error('every month holds a message')
  org.remove(gone.entryId)
  return { kind: 'vanished', entryId: gone.entryId }
}

/** What the archives together say: originals, then each amendment in its turn. */
async function unionOf(archives: readonly OpenedArchive[]) {
  const entries = new Map<string, string | null>()
  const amended: string[] = []
  const twice: string[] = []
  for (const archive of archives) {
    const isAmendment = archive.folder.includes('-amendment-')
    const [header = [], ...rows] = isAmendment ? archive.csv('data/reports/amendments.csv') : []
    const column = (row: readonly string[], name: string): string => row[header.indexOf(name)] ?? ''
    const kinds = new Map(
      rows.map((row) => [`${column(row, 'conversation')} ${column(row, 'entry_id')}`, column(row, 'kind')]),
    )
    for (const row of rows) amended.push(`${column(row, 'kind')} ${column(row, 'entry_id')}`)
    for await (const { conversation, entries: own } of archive.conversations()) {
      for (const { entryId, text } of own) {
        const key = `${conversation.identifier} ${entryId}`
        const kind = kinds.get(key)
        const isAllowed = isAmendment ? kind === (entries.has(key) ? 'changed' : 'late') : !entries.has(key)
        if (!isAllowed) twice.push(`${archive.folder} ${key} ${kind}`)
        entries.set(key, text)
      }
    }
    for (const [key, kind] of kinds) if (kind === 'vanished' && !entries.delete(key)) twice.push(`${key} was nowhere`)
  }
  return { entries, amended: amended.sort(), twice }
}

const chainOf = ({ archives }: OrgsUnderTest): readonly OpenedArchive[] =>
  readdirSync(archives)
    .filter((name) => name.endsWith('.zip'))
    .map((name) => openArchive(join(archives, name)))
    .sort((a, b) => placeOf(a) - placeOf(b))

const placeOf = (archive: OpenedArchive): number => Number(/^seq (\d+)$/m.exec(archive.file('seal/seal.txt'))?.[1])

const down = [
  { match: {}, times: 'always', action: { type: 'status', status: 503, retryAfterSeconds: 259_200 } },
] as const

test('a year of monthly archives is the history of the org: whatever came late, changed or went is listed, and nothing stands twice', {
  timeout: 300_000,
}, async () => {
  const keys = mkdtempSync(join(tmpdir(), 'custody-keys-'))
  await using cleanup = new AsyncDisposableStack()
  cleanup.defer(() => rm(keys, { recursive: true }))
  await using under = await startOrgsUnderTest(
    {
      shop: {
        emulator: { conversations, month: `${year}-01`, months: 12, seed: 7 },
        also: `schedule: { every: month, start: ${year}-01-01, audit: ${audit} }`,
      },
    },
    `seal: { keys: ${keys} }`,
  )
  const org = under.orgs['shop'] as Org
  const run = (args: readonly string[], at: string) => under.run(args, { at })
  const due = (at: string) => run(['archive', '--due'], at)
  expect(await run(['keys', 'init'], instant(1))).toMatchObject({ code: 0 })

  const changes: Change[] = []
  for (let month = 1; month <= 12; month++) {
    const at = instant(month + 1, 1, '03:00:00.000')
    if (month === 6) {
      org.setFaults(down)
      for (const day of [1, 2, 3]) expect((await due(instant(7, day, '03:00:00.000'))).code).not.toBe(0)
      expect(await run(['status'], instant(7, 5))).toMatchObject({ code: 4 })
      org.setFaults([])
    }
    if (month === 9) {
      // One conversation cannot be had this time.
      const lost = messagesOf(org, 9).find(({ role }) => role === 'EndUser')?.conversationIdentifier
      const begun = [...org.truth.conversations()].filter(({ startTime }) => startTime >= instant(1))
      const conversation = begun.findIndex(({ conversationIdentifier }) => conversationIdentifier === lost)
      const match = { endpoint: 'conversation-entries', conversation } as const
      org.setFaults([{ match, times: 'always', action: { type: 'status', status: 404 } }])
      expect(await due(at)).toMatchObject({ code: 3 })
      org.setFaults([])
      for (const { conversationIdentifier, entryId } of org.truth.entries(monthOf(9))) {
        if (conversationIdentifier === lost) changes.push({ kind: 'late', entryId })
      }
    } else expect(await due(month === 6 ? instant(7, 4) : at)).toMatchObject({ code: 0 })
    if (month === 3) {
      expect(await due(at)).toMatchObject({ code: 0, stdout: '' })
      const again = await run(['archive', '--from', dayOf(instant(3)), '--to', dayOf(instant(4))], at)
      expect(again).toMatchObject({ code: 2, stdout: '' })
    }
    // In September's lost conversation a change would be no change: nobody had it before.
    if (month % 4 === 0) changes.push(comeLate(org, month - 1))
    if (month % 6 === 0) changes.push(rewrite(org, month), vanish(org, month))
  }
  // Whatever the rotating audit has not come to yet; and one month in which nothing happened.
  for (const month of [2, 3, 6, 7, 11, 12]) {
    const window = ['--from', dayOf(instant(month)), '--to', dayOf(instant(month + 1))]
    const amended = await run(['archive', ...window, '--amend'], instant(13, 2 + month))
    expect({ month, ...amended }).toMatchObject({ code: 0 })
  }
  const chain = chainOf(under)
  expect(chain.filter(({ folder }) => !folder.includes('-amendment-'))).toHaveLength(12)
  const { entries, amended, twice } = await unionOf(chain)
  expect(twice).toEqual([])
  expect(amended).toEqual(changes.map(({ kind, entryId }) => `${kind} ${entryId}`).sort())
  const history = [...org.truth.entries({ from: instant(1), to: instant(13) })]
  const expected = history.map(({ conversationIdentifier, entryId }) => `${conversationIdentifier} ${entryId}`)
  expect([...entries.keys()].sort()).toEqual(expected.sort())
  for (const { kind, entryId } of changes) {
    const [text] = [...entries].filter(([key]) => key.endsWith(` ${entryId}`)).map(([, text]) => text)
    if (kind === 'changed') expect(text).toBe('What stood here was taken back.')
  }

  let said = ''
  const output = { write: (text: string) => (said += text) }
  const verify = ['verify', '--chain', under.archives, '--key', join(keys, 'signing-key.pub')]
  const { signal } = new AbortController()
  const code = await runProgram(verify, { stdout: output, stderr: output, env: {}, signal })
  expect({ code, said }).toMatchObject({
    code: 0,
    said: expect.stringContaining(`a chain of ${chain.length} archives, whole`),
  })
  const status = await run(['status', '--json'], instant(13, 20))
  expect(status.code).toBe(0)
})
