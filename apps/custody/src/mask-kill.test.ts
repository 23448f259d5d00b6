import { readFileSync, writeFileSync } from 'node:fs'
import { changedOwners } from '@custody/emulator'
import type { Target } from '@custody/erasure'
import { expect, test } from 'vitest'
import { fastClock, killedAfter } from './testing/fast-clock.ts'
import { startMasking } from './testing/masking-org.ts'

/** An hour of the org and of the command line takes 18 seconds. */
const speed = 200

/** Kills runs at random moments after their first step, then lets one end, and looks what came of it. */
async function killed(kills: number, requests: number, conversations: number): Promise<void> {
  const clock = fastClock(speed)
  const limits = { connectPerHour: 1_000_000, connectPerDay: 10_000_000 }
  await using masking = await startMasking({ conversations, limits }, clock)
  const { under, run } = masking
  const { org, config } = under
  writeFileSync(config, readFileSync(config, 'utf8').replace('limits: {', 'limits: { connectPerHour: 1000000,'))
  const targets = async (): Promise<readonly Target[]> => {
    await using store = await masking.store()
    return await store.targets()
  }
  await masking.planned('R-1', 'strict')
  for (let n = 2; n <= requests; n++) {
    // A request takes all records of its person, one for each channel.
    const known = new Set((await targets()).map(({ id }) => id))
    const next = masking.people.find(({ id }) => !known.has(id))
    if (next === undefined) throw new Error('the org has too few people')
    await masking.ask(`R-${n}`, next)
    await masking.planned(`R-${n}`, 'strict')
  }
  const [going, held] = [[] as string[], [] as string[]]
  for (const { id, request } of await targets()) (request === `R-${requests}` ? held : going).push(id)
  const before = org.snapshot()
  // So slow that there is something left to be masked at the last kill.
  org.setFaults([{ match: { endpoint: 'connect-update' }, action: { type: 'delay', ms: 30 * speed }, times: 'always' }])
  const command = ['erase', 'mask', 'run', '--all']
  let killedRuns = 0
  for (let n = 0; n < kills; n++) {
    if ((await killedAfter(Math.random() * 150, command, under, clock)) === null) killedRuns += 1
    // Somebody places a hold while nothing runs, on the one who comes last.
    if (n === 0) await run(['hold', 'add', 'H-1', '--matter', 'M-1', '--end-user', ...held, '--operator', 'counsel'])
  }
  expect(await killedAfter(null, command, under, clock)).toBe(7)
  expect(killedRuns).toBeGreaterThan(kills / 2)
  // Data 360 shows what was said for an hour more.
  clock.advance(2 * 3_600_000)
  await run(['erase', 'confirm'])

  for (const { id, outcome } of await targets()) {
    expect([id, outcome]).toEqual([id, held.includes(id) ? 'withheld' : 'masked'])
  }
  for (const owner of changedOwners(before, org.snapshot())) expect(going).toContain(owner)
  const theirs = new Set(masking.people.filter(({ id }) => going.includes(id)).flatMap((one) => one.conversations))
  for (const { conversationIdentifier, entryId } of org.truth.mentions()) {
    // Only what is no plain text stays.
    if (theirs.has(conversationIdentifier)) expect(() => org.edit(entryId, 'x')).toThrow('plain text')
  }
  await using store = await masking.store()
  const sent = new Set<unknown>()
  for await (const { act, detail } of store.events()) if (act === 'mask-sent') sent.add(detail['conversation'])
  expect(sent.size).toBeGreaterThan(requests / 2)
  expect(org.calls['connect-update'].count - sent.size).toBeLessThanOrEqual(killedRuns)
}

// SLOW=1 npm test. What it does at each step is tested without processes, beside `runMasks`.
test.runIf(process.env['SLOW'])(
  'masking killed at random moments: every text is masked, nothing that is held is touched, hardly a request is repeated',
  { timeout: 300_000 },
  async () => {
    await killed(20, 30, 200)
  },
)
