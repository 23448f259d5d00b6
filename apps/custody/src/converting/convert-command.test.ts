import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { archive, eraseRecords } from '@custody/archive'
import type { Conversation } from '@custody/model'
import { defineSource } from '@custody/pipeline'
import { expect, onTestFinished, test } from 'vitest'
import { runInProcess as run } from '../testing/run-program.ts'

const PART = 'data/conversations/part-00001.jsonl'

/** A folder with an archive of three conversations in it, of two messages each. */
async function sample(): Promise<{ readonly place: string; readonly path: string; readonly out: string }> {
  const place = mkdtempSync(join(tmpdir(), 'custody-convert-'))
  onTestFinished(() => rmSync(place, { recursive: true, force: true }))
  let path = ''
  const sink = archive({
    directory: place,
    org: 'acme',
    window: { from: '2026-10-01T00:00:00.000Z', to: '2026-11-01T00:00:00.000Z' },
    container: 'folder',
    mode: 'plain',
    key: new Uint8Array(32),
    run: { runId: 'run-1', tool: 'test/1.0.0', startedAt: '2026-11-01T00:00:00.000Z' },
    onWritten: (result) => {
      path = result.path
    },
  })
  const records = [1, 2, 3].map((index): Conversation => {
    const sentAt = `2026-10-0${index}T10:00:00.000Z`
    const none = { clientAt: null, content: null, relatedRecords: [], extra: null, payload: {} }
    const sender = { role: 'agent', appType: null, subject: null, displayName: 'Ana' } as const
    const said = { ...none, sentAt, sender, kind: 'message', entryType: 'Message', source: 'connect' } as const
    return {
      identifier: `c-${index}`,
      recordId: null,
      channelName: 'Shop',
      channelType: 'Text',
      startTime: sentAt,
      endTime: null,
      continuedBefore: false,
      continuesAfter: false,
      sessions: [],
      participants: [],
      endUsers: [],
      entries: [1, 2].map((at) => ({ ...said, entryId: `e-${index}-${at}`, text: `Text ${index}-${at}` })),
      delivered: null,
      reconciliation: null,
      witnesses: [],
      redactions: [],
    }
  })
  await sink(
    defineSource<Conversation>('samples', async function* () {
      yield { records, rejects: [] }
    })(),
  )
  return { place, path, out: join(place, 'out') }
}

const eventOf = (stdout: string): object => JSON.parse(stdout.trim().split('\n').at(-1) ?? '')

test.each(['csv', 'txt', 'html', 'eml', 'parquet'])('%s: as many as the archive says, and it says so', async (to) => {
  const { path, out, place } = await sample()
  const ran = await run(['convert', path, '--to', to, '--out', out, '--json'])
  expect(ran.code).toBe(0)
  const { counts } = JSON.parse(readFileSync(join(path, 'run.json'), 'utf8'))
  expect(eventOf(ran.stdout)).toMatchObject({
    type: 'archive-converted',
    to,
    conversations: counts.conversations,
    entries: counts.entries,
    messages: 6,
    valid: true,
    passedOver: 0,
  })
  expect(readdirSync(place).filter((file) => file.startsWith('.'))).toEqual([])
  expect(await run(['convert', path, '--to', to, '--out', out])).toMatchObject({ code: 5 })
})

test('what is erased is in no other format either', async () => {
  const { path, out } = await sample()
  await eraseRecords({ archive: path, conversations: ['c-2'], basis: 'x', reference: null, operator: 'cli' })
  const ran = await run(['convert', path, '--to', 'csv', '--out', out])
  expect(ran).toMatchObject({ code: 0, stderr: expect.stringContaining('2 conversations with 4 messages') })
  expect(readFileSync(join(out, 'messages.csv'), 'utf8')).not.toContain('c-2')
})

test('an archive that is not as it was made is refused, or converted as far as it goes, and that is said', async () => {
  const { path, out } = await sample()
  const [first = '', second = '', third = ''] = readFileSync(join(path, PART), 'utf8').split('\n')
  writeFileSync(join(path, PART), `${first}\n${second.slice(5)}\n${third}\n`)
  const refused = await run(['convert', path, '--to', 'csv', '--out', out])
  expect(refused).toMatchObject({ code: 5, stderr: expect.stringContaining('--allow-findings') })
  expect(existsSync(out)).toBe(false)
  const ran = await run(['convert', path, '--to', 'csv', '--out', out, '--allow-findings', '--json'])
  expect(ran).toMatchObject({ code: 4, stderr: expect.stringContaining('1 lines could not be read') })
  expect(eventOf(ran.stdout)).toMatchObject({ valid: false, passedOver: 1, conversations: 2 })
})

test('an unknown format is no wish that can be granted', async () => {
  const { path, out } = await sample()
  expect(await run(['convert', path, '--to', 'pdf', '--out', out])).toMatchObject({ code: 2 })
})
