import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { type MasterConversation, readConversations, verify } from '@custody/archive'
import { initKey } from '@custody/keys'
import { systemClock } from '@custody/pipeline'
import { expect, test } from 'vitest'
import { loadConfig } from '../config/load.ts'
import { startOrgUnderTest } from '../testing/org-under-test.ts'
import { runInProcess } from '../testing/run-program.ts'
import { openOrgErasures } from './org-erasures.ts'

async function conversationsOf(archive: string): Promise<readonly MasterConversation[]> {
  const all: MasterConversation[] = []
  for await (const conversation of readConversations(archive)) all.push(conversation)
  return all
}

function peopleOf({ sessions, participants }: MasterConversation): readonly string[] {
  const ids = [...sessions.map(({ endUserId }) => endUserId), ...participants.map(({ recordId }) => recordId)]
  return [...new Set(ids.filter((id) => id?.startsWith('0PA') === true))] as string[]
}

test('erase archives removes a person from every archive below a folder, by hash after the closing, and keeps what is held', async () => {
  await using under = await startOrgUnderTest({ conversations: 12, longEntries: 60 })
  const { folder, zip, archives, config } = under
  await initKey({ directory: join(folder, 'keys') })
  const sealing = `seal: { keys: ${join(folder, 'keys')} }\nstate: { directory: ${join(folder, 'state')} }\n`
  writeFileSync(config, readFileSync(config, 'utf8') + sealing)
  const custody = (...args: readonly string[]): ReturnType<typeof runInProcess> =>
    runInProcess([...args, '--config', config], under.env)
  const { from, to } = under.org.window
  expect((await custody('archive', '--from', from, '--to', to, '--quiet')).code).toBe(0)
  const before = await conversationsOf(zip)
  const alone = before.filter((each) => peopleOf(each).length === 1)
  const [goes, held] = [...new Set(alone.flatMap(peopleOf))] as [string, string]
  const ofPerson = (id: string): readonly string[] =>
    before.filter((each) => peopleOf(each).includes(id)).map(({ identifier }) => identifier)
  const old = join(archives, 'old', 'copies')
  mkdirSync(old, { recursive: true })
  cpSync(zip, join(old, 'copy.zip'))
  writeFileSync(join(old, 'broken.zip'), 'no archive')

  const world = { env: under.env, clock: systemClock }
  await using store = await openOrgErasures(loadConfig(config), 'shop', world)
  const event = { act: 'run-ended', operator: null, detail: {} }
  for (const [reference, id] of [
    ['R-1', goes],
    ['R-2', held],
  ] as const) {
    const none = { endUserIds: [id], contactIds: [], phones: [], emails: [], platformKeys: [] }
    const days = { regime: 'own', receivedOn: '2026-11-01', dueOn: '2999-01-01', jurisdiction: null } as const
    await store.addRequest({ reference, subject: none, conversations: [], note: null, ...days })
    await store.setTargets(reference, [{ kind: 'end-user', id }])
  }
  const erase = (reference: string, ...more: readonly string[]): ReturnType<typeof runInProcess> => {
    const asked = ['--reference', reference, '--basis', 'gdpr-17-1-b', '--operator', 'privacy-1']
    return custody('erase', 'archives', archives, ...asked, ...more)
  }
  // Nothing before a plan was approved and run.
  expect(await erase('R-1')).toMatchObject({ code: 5 })
  expect(await erase('NOBODY')).toMatchObject({ code: 5 })
  for (const reference of ['R-1', 'R-2']) await store.setState(reference, 'confirming', event)
  const target = { request: 'R-1', kind: 'end-user', id: goes } as const
  await store.moveTarget(target, { state: 'confirmed', outcome: 'erased' }, { ...event, act: 'read-back' })
  await store.close('R-1')
  await store.addHold({
    id: 'H-1',
    matter: 'M-1',
    ground: 'legal-hold',
    scope: { type: 'end-user', ids: [held] },
    author: 'legal-1',
    expiresOn: null,
  })

  const bytes = readFileSync(zip)
  const planned = await erase('R-1', '--plan')
  expect(planned.stdout).toContain('would go')
  expect(readFileSync(zip).equals(bytes)).toBe(true)

  const done = await erase('R-1')
  // Not 0: one file that looks like an archive could not be gone through.
  expect(done.code).toBe(3)
  expect(done.stderr).toContain('broken.zip could not be gone through')
  const gone = alone.filter((each) => peopleOf(each).includes(goes)).map(({ identifier }) => identifier)
  expect(gone.length).toBeGreaterThan(0)
  // Words of somebody else stand in the others.
  const shared = ofPerson(goes).length - gone.length
  expect(done.stdout.includes(`${shared} conversations stay (shared)`)).toBe(shared > 0)
  for (const archive of [zip, join(old, 'copy.zip')]) {
    const after = await conversationsOf(archive)
    expect(after.map(({ identifier }) => identifier)).toEqual(
      before.map(({ identifier }) => identifier).filter((identifier) => !gone.includes(identifier)),
    )
    expect((await verify(archive)).verdict).toBe('valid')
  }
  const log = readFileSync(join(folder, 'state', 'shop', 'audit.jsonl'), 'utf8')
  expect(log.split('erasure.executed')).toHaveLength(3)
  expect(log).not.toContain(goes)

  const rewritten = readFileSync(zip)
  const refused = await erase('R-2')
  expect(refused.code).toBe(3)
  expect(refused.stdout).toContain(`${ofPerson(held).length} conversations stay (legal-hold, hold H-1)`)
  expect(readFileSync(zip).equals(rewritten)).toBe(true)
  const refusals = readFileSync(join(folder, 'state', 'shop', 'audit.jsonl'), 'utf8')
    .split('\n')
    .filter((line) => line.includes('"erasure.refused"'))
    .map((line) => JSON.parse(line))
  expect(refusals.map(({ obj, detail }) => [obj, detail.reference, detail.archive, detail.conversations])).toEqual(
    [basename(zip), 'copy.zip'].map((archive) => ['H-1', 'R-2', archive, ofPerson(held).length]),
  )
  expect(JSON.stringify(refusals)).not.toContain(held)
  const acts: string[] = []
  for await (const { act, detail } of store.events({ request: 'R-2' })) {
    if (act.startsWith('archive')) acts.push(`${act} ${detail['ground'] ?? detail['code'] ?? detail['kept']}`)
  }
  expect(acts).toContain('archive-kept legal-hold')
  expect(acts.at(-1)).toMatch(/^archives-ended \d+$/)
})
