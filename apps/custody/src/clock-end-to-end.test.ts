import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openLedger } from '@custody/ledger'
import { expect, onTestFinished, test } from 'vitest'
import { openArchive } from './testing/opened-archive.ts'
import { type OrgsUnderTest, startOrgsUnderTest } from './testing/orgs-under-test.ts'
import { runInProcess } from './testing/run-program.ts'

const hour = 3_600_000
const also = 'schedule: { every: month, start: 2026-10-01 }'
const due = ['archive', '--due', '--allow-empty']

interface SealedOrgs extends OrgsUnderTest {
  readonly keys: string
}

async function startSealed(): Promise<SealedOrgs> {
  const keys = mkdtempSync(join(tmpdir(), 'custody-keys-'))
  onTestFinished(() => rmSync(keys, { recursive: true }))
  const emulator = { conversations: 12, longEntries: 30 }
  const under = await startOrgsUnderTest({ shop: { also, emulator } }, `seal: { keys: ${keys} }`)
  expect((await under.run(['keys', 'init'], { at: '2026-11-01T00:00:00Z' })).code).toBe(0)
  return { ...under, keys }
}

const entriesAsked = ({ orgs }: OrgsUnderTest): number => orgs['shop']?.calls['conversation-entries'].count ?? 0

const manifests = ({ archives }: OrgsUnderTest, from = archives): readonly string[] =>
  readdirSync(from)
    .sort()
    .map((name) => openArchive(join(from, name)).file('manifest-sha256.txt'))

/** The chain, the log it names and the ledger hang together. */
async function assertSound({ archives, state, keys }: SealedOrgs): Promise<void> {
  const key = join(keys, 'signing-key.pub')
  const { code, stdout } = await runInProcess(['verify', '--chain', archives, '--key', key])
  expect({ code, stdout: code === 0 ? '' : stdout }).toEqual({ code: 0, stdout: '' })
  await using ledger = await openLedger({ directory: join(state, 'shop'), readOnly: true })
  expect(await ledger.check()).toEqual([])
}

/** What the same window is archived as with nothing in the way, and apart from the chain. */
async function undisturbed(under: OrgsUnderTest): Promise<readonly string[]> {
  const [config, out] = [join(under.folder, 'apart.yaml'), join(under.folder, 'apart')]
  const text = readFileSync(under.config, 'utf8').replace(/^seal: .*$/m, '')
  writeFileSync(config, text.replaceAll(under.archives, out).replaceAll(under.state, join(under.folder, 'apart-state')))
  const october = ['--from', '2026-10-01', '--to', '2026-11-01']
  expect((await runInProcess(['archive', ...october, '--config', config], under.env)).code).toBe(0)
  return manifests(under, out)
}

test('a clock that is set back an hour in the middle of a run changes nothing of what is archived', async () => {
  await using under = await startSealed()
  const at = '2026-12-01T02:30:00Z'
  const isBack = (): boolean => entriesAsked(under) > 6
  const jumped = await under.run(due, { at, skewMs: () => (isBack() ? -hour : 0) })
  expect({ code: jumped.code, isBack: isBack() }).toEqual({ code: 0, isBack: true })
  expect(jumped.stderr).not.toMatch(/ -\d/)
  // By that clock November has not settled yet, and it is left for later.
  expect(jumped.stderr).toContain('1 archived  done; next at 2026-12-01T02:00:00.000Z')
  await assertSound(under)
  // The right time again: November follows, and nothing stands twice.
  expect((await under.run(due, { at })).code).toBe(0)
  expect(readdirSync(under.archives)).toHaveLength(2)
  await assertSound(under)
  expect(manifests(under)[0]).toEqual((await undisturbed(under))[0])
})

test('a clock that is set back behind the last seal lets no other be made, and nothing is lost', async () => {
  await using under = await startSealed()
  expect((await under.run(due, { at: '2026-11-01T02:30:00Z' })).code).toBe(0)
  const entries = entriesAsked(under)
  const october = manifests(under)
  const more = ['archive', '--from', '2026-11-01', '--to', '2026-11-01T01:00:00Z', '--allow-empty']
  // Before a run: nothing is asked.
  const before = await under.run(more, { at: '2026-11-01T01:30:00Z' })
  expect(before).toMatchObject({ code: 5, stderr: expect.stringContaining('[CHAIN_CLOCK]') })
  expect(entriesAsked(under)).toBe(entries)
  // Within one: it may not say that it was made before the one it follows.
  let isBack = false
  const within = await under.run([...more, '--json'], {
    at: '2026-11-01T02:40:00Z',
    skewMs: () => (isBack ? -hour : 0),
    onStdout: (text) => {
      isBack ||= text.includes('"run-start"')
    },
  })
  expect({ code: within.code, isBack }).toEqual({ code: 5, isBack: true })
  expect(within.stderr).toContain('[CHAIN_CLOCK]')
  expect(manifests(under)).toEqual(october)
  await assertSound(under)
  const read = entriesAsked(under)
  expect(read).toBeGreaterThan(entries)
  expect((await under.run(more, { at: '2026-11-01T02:50:00Z' })).code).toBe(0)
  expect(entriesAsked(under)).toBe(read)
  await assertSound(under)
})
