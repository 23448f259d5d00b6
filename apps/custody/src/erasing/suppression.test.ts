import { appendFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { type MasterConversation, readConversations, verify } from '@custody/archive'
import type { Conversation } from '@custody/model'
import { systemClock } from '@custody/pipeline'
import { expect, test } from 'vitest'
import { loadConfig } from '../config/load.ts'
import { openArchive } from '../testing/opened-archive.ts'
import { startOrgUnderTest } from '../testing/org-under-test.ts'
import { runInProcess } from '../testing/run-program.ts'
import { openOrgErasures } from './org-erasures.ts'

async function conversationsOf(archive: string): Promise<readonly MasterConversation[]> {
  const all: MasterConversation[] = []
  for await (const conversation of readConversations(archive)) all.push(conversation)
  return all
}

function peopleOf({ sessions, participants }: Pick<Conversation, 'sessions' | 'participants'>): readonly string[] {
  const ids = [...sessions.map(({ endUserId }) => endUserId), ...participants.map(({ recordId }) => recordId)]
  return [...new Set(ids.filter((id) => id?.startsWith('0PA') === true))] as string[]
}

test('an archive that is made later leaves erased persons out, says how many, and is as complete as before', async () => {
  await using under = await startOrgUnderTest({ conversations: 12, longEntries: 60 })
  // Beside the test it would be there for the next run.
  appendFileSync(under.config, `state: { directory: ${join(under.folder, 'state')} }\n`)
  const { from, to } = under.org.window
  const archive = async (out: string): Promise<{ readonly path: string; readonly told: string }> => {
    const window = ['--from', from, '--to', to, '--redact', 'none', '--json']
    const ran = await runInProcess(['archive', ...window, '--out', join(under.folder, out), '--config', under.config], {
      ...under.env,
    })
    expect(ran.code).toBe(0)
    return { path: under.zip.replace(under.archives, join(under.folder, out)), told: ran.stdout }
  }
  const first = await archive('first')
  const before = await conversationsOf(first.path)
  const erased = before.flatMap((each) => (peopleOf(each).length === 1 ? peopleOf(each) : []))[0] as string
  const isGone = (each: MasterConversation): boolean => peopleOf(each).every((id) => id === erased)
  {
    const world = { env: under.env, clock: systemClock }
    await using store = await openOrgErasures(loadConfig(under.config), 'shop', world)
    await store.suppress([erased])
  }
  const second = await archive('second')
  expect((await conversationsOf(second.path)).map(({ identifier }) => identifier)).toEqual(
    before.filter((each) => !isGone(each)).map(({ identifier }) => identifier),
  )
  const gone = before.filter(isGone)
  expect(second.told).toContain(`{"type":"suppressed","leftOut":${gone.length},`)
  expect(first.told).not.toContain('"type":"suppressed"')
  const [was, is] = [await verify(first.path), await verify(second.path)]
  expect(is.verdict).toBe('valid')
  expect(is.run?.verdict).toBe(was.run?.verdict)
  const opened = openArchive(second.path)
  const rows = opened.csv('data/reports/reconciliation.csv').filter((row) => row.includes('suppressed'))
  expect(rows).toHaveLength(gone.length)
  for (const row of rows) expect(row).toContain('excluded')
  const ids = gone.flatMap(({ entries }) => entries.map(({ entryId }) => entryId))
  expect(ids.length).toBeGreaterThan(0)
  const everything = Buffer.concat([...opened.files()].map(([, bytes]) => bytes))
  for (const secret of [...ids, erased]) expect(everything.includes(secret)).toBe(false)
})

test('an amendment brings nothing of them back, though the org shows them still', async () => {
  await using under = await startOrgUnderTest({ conversations: 12, longEntries: 60 })
  appendFileSync(under.config, `state: { directory: ${join(under.folder, 'state')} }\n`)
  const plain = ['--redact', 'none', '--no-attachments']
  expect((await under.archive(plain)).code).toBe(0)
  const before = await conversationsOf(under.zip)
  const alone = before.filter((each) => peopleOf(each).length === 1 && each.entries.some(isPlainText))
  const [erased, other] = [
    alone[0],
    alone.find((each) => peopleOf(each)[0] !== peopleOf(alone[0] as MasterConversation)[0]),
  ]
  const said = [erased, other].map((each) => each?.entries.find(isPlainText)?.entryId ?? '')
  {
    const world = { env: under.env, clock: systemClock }
    await using store = await openOrgErasures(loadConfig(under.config), 'shop', world)
    await store.suppress(erased === undefined ? [] : peopleOf(erased))
  }
  under.org.edit(said[0] ?? '', 'words of somebody erased')
  under.org.edit(said[1] ?? '', 'words of somebody else')
  const { code, stderr } = await under.archive([...plain, '--amend'])
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' })
  const [amendment = ''] = readdirSync(under.archives).filter((name) => !under.zip.endsWith(name))
  const everything = Buffer.concat([...openArchive(join(under.archives, amendment)).files()].map(([, bytes]) => bytes))
  expect(everything.includes('words of somebody else')).toBe(true)
  for (const secret of ['words of somebody erased', ...(erased === undefined ? [] : peopleOf(erased))]) {
    expect(everything.includes(secret)).toBe(false)
  }
  expect(await verify(join(under.archives, amendment))).toMatchObject({ verdict: 'valid' })
})

function isPlainText({ kind, content, text }: MasterConversation['entries'][number]): boolean {
  return kind === 'message' && text !== null && content === null
}
