import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type AuditEvent, isSafeText, openAuditLog, parseAuditEvent, safeDetail } from '@custody/audit-log'
import { systemClock } from '@custody/pipeline'
import fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import { loadConfig } from '../config/load.ts'
import { actorOf } from '../sealing/actor-of.ts'
import { openSealing } from '../sealing/sealing.ts'
import { runInProcess } from '../testing/run-program.ts'
import { holdEntry } from './hold-log.ts'

const env = { KEY: 'the-same-key-in-every-test-of-this-project' }

/** A desk that seals: no org is asked, so there is none. */
async function openDesk(erasure = '') {
  const folder = mkdtempSync(join(tmpdir(), 'custody-holds-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const config = join(folder, 'custody.config.yaml')
  writeFileSync(
    config,
    `version: 1
orgs:
  shop:
    loginUrl: https://shop.my.salesforce.com
    auth: { flow: client-credentials, users: [{ name: a, clientId: { env: ID }, clientSecret: { env: SECRET } }] }
    archiveSecret: { env: KEY }
archive: { directory: ${join(folder, 'archives')} }
state: { directory: ${join(folder, 'state')} }
seal: { keys: ${join(folder, 'keys')} }
${erasure}
`,
  )
  const file = join(folder, 'state', 'shop', 'audit.jsonl')
  return {
    file,
    config,
    run: (line: string) => runInProcess([...line.split(' '), '--config', config], env),
    lines: (): readonly AuditEvent[] =>
      existsSync(file)
        ? readFileSync(file, 'utf8')
            .split(/(?<=\n)/)
            .filter((line) => line !== '')
            .map((line) => parseAuditEvent(line) as AuditEvent)
        : [],
  }
}

test('placing, asking for the end of, shortening and releasing a hold are told once each, without whom it holds', async () => {
  const desk = await openDesk('erasure: { twoPersonRule: true }')
  await desk.run('keys init')
  const held = '0PAxx0000000001'
  for (const line of [
    `hold add H-1 --matter M-1 --end-user ${held} --operator op-1`,
    'hold add H-2 --matter M-2 --everything --operator op-1',
    'hold release H-1 --operator op-1',
    'hold release H-1 --operator op-2',
    'hold release H-2 --on 2099-01-01 --operator op-1',
    'hold release H-2 --on 2099-01-01 --operator op-3',
  ]) {
    expect([0, 5]).toContain((await desk.run(line)).code)
  }
  expect(desk.lines().map(({ act, obj, detail }) => [act, obj, detail['operator'], detail['confirmedBy']])).toEqual([
    ['hold.set', 'H-1', 'op-1', undefined],
    ['hold.set', 'H-2', 'op-1', undefined],
    ['hold.release-asked', 'H-1', 'op-1', undefined],
    ['hold.released', 'H-1', 'op-1', 'op-2'],
    ['hold.release-asked', 'H-2', 'op-1', undefined],
    ['hold.shortened', 'H-2', 'op-1', 'op-3'],
  ])
  expect(desk.lines()[0]?.detail).toMatchObject({ matter: 'M-1', ground: 'legal-hold', scope: 'end-user' })
  expect(readFileSync(desk.file, 'utf8')).not.toContain(held)
})

test('a hold does not wait for the log: a run that has it open notes it under its own seal', async () => {
  const desk = await openDesk()
  await desk.run('keys init')
  const config = loadConfig(desk.config)
  const archives = config.archive.directory
  const signal = new AbortController().signal
  const sealing = await openSealing({ config, orgAlias: 'shop', archives, env, clock: systemClock, signal })
  const placed = await desk.run('hold add H-1 --matter M-1 --everything --operator op-1')
  expect(placed).toMatchObject({ code: 0, stderr: expect.stringContaining('when it ends') })
  expect((await desk.run('hold list')).stdout).toContain('H-1')
  expect(desk.lines()).toEqual([])
  const counts = { conversations: 0, entries: 0, gaps: 0 }
  const facts = { verdict: 'complete', counts, recordsRoot: 'e'.repeat(64) } as never
  const part = await sealing?.archived({ runId: 'run-1' }, facts)
  expect(part?.match(/hold\.set|archive\.end/g)).toEqual(['hold.set', 'archive.end'])
  await sealing?.close()
})

test('what nobody could note is noted by the next who can, also in a log that was lost', async () => {
  const desk = await openDesk()
  // There is no key yet, so it is not known whose seals count.
  const unsealed = await desk.run('hold add H-1 --matter M-1 --everything --operator op-1')
  expect(unsealed).toMatchObject({ code: 0, stderr: expect.stringContaining('KEY_MISSING') })
  await desk.run('keys init')
  await desk.run('hold add H-2 --matter M-1 --everything --operator op-1')
  const told = (): readonly string[] => desk.lines().map(({ act, obj }) => `${act} ${obj}`)
  expect(told()).toEqual(['hold.set H-1', 'hold.set H-2'])
  rmSync(desk.file)
  await using log = await openAuditLog({ file: desk.file, actor: actorOf() })
  await log.append({ act: 'log.restored' })
  await log.close()
  await desk.run('hold release H-1 --operator op-1')
  expect(told()).toEqual(['log.restored null', 'hold.set H-1', 'hold.set H-2', 'hold.released H-1'])
})

test('whatever requests, holds and people of the trade are called, the log takes it', () => {
  const name = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$/)
  const operator = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,79}$/)
  const acts = [
    'hold-placed',
    'hold-released',
    'hold-shortened',
    'hold-release-asked',
    'target-withheld',
    'archive-kept',
  ]
  const property = fc.property(
    fc.constantFrom(...acts),
    name,
    name,
    name,
    operator,
    (act, hold, matter, request, by) => {
      const target = `hmac:${'0123456789abcdef'.repeat(2)}`
      const told = {
        hold,
        matter,
        ground: 'hold',
        archive: 'shop-2026-10-01--2026-11-01.zip',
        conversations: 2,
        on: null,
      }
      const { obj, detail } = holdEntry({
        n: 12_345_678,
        at: '2026-11-21T12:00:00.000Z',
        request,
        target,
        act,
        operator: by,
        detail: { ...told, confirmedBy: by },
      })
      expect(isSafeText(obj ?? '')).toBe(true)
      expect(safeDetail(detail ?? {})).toEqual(detail)
    },
  )
  fc.assert(property)
})
