import { changedOwners, type EmulatorOptions } from '@custody/emulator'
import { expect, test } from 'vitest'
import { type Erasing, expectedOf, type Mix, outcomesOf, startErasing } from './testing/erasing-org.ts'
import { type LeapingClock, leapingClock } from './testing/leaping-clock.ts'

const small: Mix = { plain: 10, open: 2, held: 2, restricted: 2, unknown: 1, duplicates: 3 }
/** 500 requests. */
const full: Mix = { plain: 420, open: 20, held: 10, restricted: 15, unknown: 5, duplicates: 30 }

async function startLeaping(mix: Mix, emulator: EmulatorOptions): Promise<Erasing & { readonly clock: LeapingClock }> {
  const clock = leapingClock()
  return { ...(await startErasing(mix, clock, emulator)), clock }
}

async function erasesAll(mix: Mix, conversations: number): Promise<void> {
  await using erasing = await startLeaping(mix, { conversations, executionUsers: 3 })
  const { under, asked, clock, run } = erasing
  const before = under.org.snapshot()

  const ran = await run(['erase', 'run', '--all', '--json'])
  expect([ran.code, ran.stderr]).toEqual([7, expect.any(String)])
  // 202 is not erased.
  expect((await erasing.targets()).filter(({ outcome }) => outcome === 'erased')).toEqual([])
  const early = await run(['erase', 'confirm'])
  expect(early.stdout).toContain('pending (unseen-data360)')
  clock.advance(2 * 3_600_000)
  expect(await run(['erase', 'confirm', '--json'])).toMatchObject({ code: 3 })

  const targets = await erasing.targets()
  expect(outcomesOf(targets)).toEqual(expectedOf(asked))
  const erased = new Set(targets.filter(({ outcome }) => outcome === 'erased').map(({ id }) => id))
  expect(new Set(changedOwners(before, under.org.snapshot()))).toEqual(erased)
  // Two requests about one person are one call.
  expect(under.org.deletion.requests).toHaveLength(erased.size)
  const users = Object.values(under.org.callsByUser)
  const peaks = users.flatMap((calls) => calls['delete-participants'] ?? []).filter(({ count }) => count > 0)
  expect(peaks).toHaveLength(3)
  for (const { peakPerHour, refused } of peaks) expect([peakPerHour <= 10, refused]).toEqual([true, 0])
}

test('requests from one file: each ends in its right outcome, and nobody else loses a byte', {
  timeout: 60_000,
}, async () => {
  await erasesAll(small, 50)
})

// Minutes long: SLOW=1 npm test.
test.runIf(process.env['SLOW'])('so do 500', { timeout: 1_800_000 }, async () => {
  await erasesAll(full, 1_800)
})

test('what was withheld is deleted once nothing stands against it, and what was done is not done again', {
  timeout: 60_000,
}, async () => {
  const mix = { plain: 1, open: 1, held: 1, restricted: 0, unknown: 0, duplicates: 0 }
  await using erasing = await startLeaping(mix, { conversations: 20 })
  const { under, run, asked } = erasing
  expect((await run(['erase', 'run', '--all'])).code).toBe(7)
  const sent = under.org.deletion.requests.length
  for (const { ids } of asked) for (const id of ids) under.org.setSessions(id, 'ended')
  await run(['hold', 'release', 'H-0', '--operator', 'counsel'])
  expect(await run(['erase', 'run', '--all', '--watch'])).toMatchObject({ code: 0 })
  expect(under.org.deletion.requests).toHaveLength(sent + 2)
  expect((await run(['erase', 'run', '--all'])).stdout).toMatch(/^erased: \d+\n$/)
  expect(under.org.deletion.requests).toHaveLength(sent + 2)
})

test('an org that does nothing, or hides everything, is never told to have erased', { timeout: 60_000 }, async () => {
  const mix = { plain: 2, open: 0, held: 0, restricted: 0, unknown: 0, duplicates: 0 }
  await using nothing = await startLeaping(mix, { conversations: 20, scenario: 'deletion-does-nothing' })
  await nothing.run(['erase', 'run', '--all'])
  nothing.clock.advance(73 * 3_600_000)
  const failed = await nothing.run(['erase', 'confirm'])
  expect([failed.code, failed.stdout]).toEqual([3, expect.stringMatching(/^failed \(still-there-records\): \d+\n$/)])

  await using blind = await startLeaping({ ...mix, plain: 1 }, { conversations: 20, scenario: 'deletion-blind' })
  await blind.run(['erase', 'run', '--all'])
  blind.clock.advance(73 * 3_600_000)
  const told = await blind.run(['erase', 'confirm'])
  expect([told.code, told.stdout.includes('erased')]).toEqual([3, false])
  expect(told.stdout).toContain('unverifiable (control-missing')
})

test('what comes back in Data 360 is found by looking again', { timeout: 60_000 }, async () => {
  const mix = { plain: 2, open: 0, held: 0, restricted: 0, unknown: 0, duplicates: 0 }
  await using erasing = await startLeaping(mix, { conversations: 20, scenario: 'deletion-reappears' })
  await erasing.run(['erase', 'run', '--all'])
  erasing.clock.advance(3 * 3_600_000)
  expect((await erasing.run(['erase', 'confirm'])).code).toBe(0)
  erasing.clock.advance(26 * 3_600_000)
  expect(await erasing.run(['erase', 'confirm'])).toMatchObject({
    code: 3,
    stdout: expect.stringContaining('failed (reappeared-data360)'),
  })
})

test('one run at a time, and a request by its name', { timeout: 60_000 }, async () => {
  const mix = { plain: 2, open: 0, held: 0, restricted: 0, unknown: 0, duplicates: 0 }
  await using erasing = await startLeaping(mix, { conversations: 20 })
  expect((await erasing.run(['erase', 'run'])).code).toBe(2)
  expect((await erasing.run(['erase', 'run', 'nobody'])).code).toBe(10)
  const [first] = await Promise.all([
    erasing.run(['erase', 'run', 'plain-0']),
    erasing.run(['erase', 'run', 'plain-1']).then(({ code }) => expect(code).toBe(11)),
  ])
  expect(first.code).toBe(7)
  const called = new Set((await erasing.targets()).filter(({ calls }) => calls > 0).map(({ request }) => request))
  expect(called).toEqual(new Set(['plain-0']))
})
