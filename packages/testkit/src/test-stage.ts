import assert from 'node:assert/strict'
import type { Batch, Stage } from '@custody/pipeline'
import fc from 'fast-check'
import {
  type Account,
  assertCheckpointsHeldBack,
  assertConserved,
  assertInOrder,
  assertPassedOn,
  ownRejects,
  reasons,
} from './accounting.ts'
import { batches, oneByOne } from './batches.ts'
import { deepFreeze, fingerprint } from './frozen.ts'
import {
  abortAtEveryPoint,
  failAtEveryPoint,
  type InterruptOptions,
  leaveAtEveryPoint,
  performWhole,
} from './interruptions.ts'
import type { Outside, Register } from './outside.ts'

/** The stage under test, and what it is given. */
export interface TestStageOptions<In, Out> {
  /** The `test` of vitest or of `node:test`. */
  readonly test: Register
  /** Makes the stage anew, with fakes that make their calls through `outside`. */
  readonly stage: (outside: Outside) => Stage<In, Out>
  /** One record the stage may be given. */
  readonly records: fc.Arbitrary<In>
  /** Tells the records that go in apart. */
  readonly idOf: (record: In) => string
  /** Which of the records that went in this one stands for: one for a mapping, several for a joining stage. */
  readonly idsOf: (record: Out) => readonly string[]
  /** Whether one record in may be several records out. @defaultValue false */
  readonly splits?: boolean
  /** Whether records may overtake one another: only where the name of the stage says so. @defaultValue false */
  readonly reorders?: boolean
  /** How many batches it may ask for ahead of its reader. @defaultValue 0 */
  readonly readAhead?: number
  /** Examples per rule; a tenth of it where every point of every example is interrupted. @defaultValue 50 */
  readonly runs?: number
}

/**
 * Registers the contract of a stage as tests: each rule for every split of the records, empty batches, batches with rejects,
 * drops and checkpoints, and an abort, a failure and a leaving reader at every point.
 */
export function testStage<In, Out>(options: TestStageOptions<In, Out>): void {
  const { stage, idOf, idsOf, splits = false, readAhead = 0, runs = 50 } = options
  const inputs = batches(options.records, { idOf })
  const rule = (name: string, check: (given: readonly Batch<In>[]) => Promise<void>, numRuns = runs): void => {
    options.test(name, () => fc.assert(fc.asyncProperty(inputs, check), { numRuns: Math.max(1, Math.round(numRuns)) }))
  }
  let stageName = ''
  const accountOf = (given: readonly Batch<In>[], made: readonly Batch<Out>[]): Account<In, Out> => ({
    stage: stageName,
    given,
    made,
    idOf,
    idsOf,
    splits,
  })
  const subject = (given: readonly Batch<In>[]): InterruptOptions<Batch<Out>> => ({
    readAhead,
    make: (rehearsal) => {
      const made = stage(rehearsal)
      stageName = made.stageName
      return () => made(rehearsal.source(given), { signal: rehearsal.signal })
    },
    assertWhole: (outcome, rehearsal) => {
      assert.ok(rehearsal.exhausted, 'It ended as if complete, before its source did')
      assertConserved(accountOf(given, outcome.given))
    },
  })
  const run = async (given: readonly Batch<In>[]): Promise<Account<In, Out>> => {
    const { outcome, rehearsal } = await performWhole(subject(given))
    assert.ok(rehearsal.exhausted, 'It ended before its source did')
    return accountOf(given, outcome.given)
  }

  rule('accounts for every record: out, dropped with a count, or rejected', async (given) => {
    assertConserved(await run(given))
  })
  if (!options.reorders) {
    rule('keeps the order', async (given) => {
      assertInOrder(await run(given))
    })
  }
  rule('passes on what earlier stages refused and dropped', async (given) => {
    assertPassedOn(given, (await run(given)).made)
  })
  rule('holds each checkpoint back until everything it covers is out', async (given) => {
    assertCheckpointsHeldBack(await run(given))
  })
  rule('gives the same however its input is cut into batches', async (given) => {
    const records = given.flatMap((batch) => batch.records)
    const whole = await run([{ records, rejects: [] }])
    for (const other of [given, oneByOne(records)]) {
      assert.deepEqual(findings(await run(other), options), findings(whole, options))
    }
  })
  rule('never changes what it was given, nor what it gave', async (given) => {
    const before = fingerprint(deepFreeze(given))
    await performWhole(subject(given), { onValue: (batch) => void deepFreeze(batch) })
    assert.equal(fingerprint(given), before, 'What went in was changed')
  })
  rule('asks for a batch only when it is asked for one', async (given) => {
    await performWhole(subject(given), { slow: true })
  })
  rule(
    'closes everything when its reader leaves, at every point',
    (given) => leaveAtEveryPoint(subject(given)),
    runs / 10,
  )
  rule(
    'stops and closes everything on an abort, at every point',
    (given) => abortAtEveryPoint(subject(given)),
    runs / 10,
  )
  rule(
    'passes a failure of its source or of a call on, at every point',
    (given) => failAtEveryPoint(subject(given)),
    runs / 10,
  )
  options.test('gives nothing for a source without batches', async () => {
    const { made } = await run([])
    assert.deepEqual(
      made.filter(({ records, rejects, checkpoint }) => records.length > 0 || rejects.length > 0 || checkpoint),
      [],
    )
  })
}

/** What a run found, however it was cut: to compare runs with. */
function findings<In, Out>(account: Account<In, Out>, { reorders, idsOf }: TestStageOptions<In, Out>): unknown {
  const records = account.made.flatMap((batch) => batch.records)
  const rejects = ownRejects(account)
  const earlier = reasons(account.given)
  const drops = [...reasons(account.made)].map(
    ([reason, count]) => [reason, count - (earlier.get(reason) ?? 0)] as const,
  )
  return {
    records: reorders ? records.toSorted((a, b) => compare(idsOf(a).join(), idsOf(b).join())) : records,
    rejects: reorders ? rejects.toSorted((a, b) => compare(a.subject.id ?? '', b.subject.id ?? '')) : rejects,
    drops: Object.fromEntries(drops.filter(([, count]) => count !== 0).sort(([a], [b]) => compare(a, b))),
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
