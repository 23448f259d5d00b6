import assert from 'node:assert/strict'
import { pipeline } from 'node:stream/promises'
import { type Batch, type Commit, defineSource, type Sink } from '@custody/pipeline'
import fc from 'fast-check'
import { batches } from './batches.ts'
import { deepFreeze, fingerprint } from './frozen.ts'
import {
  abortAtEveryPoint,
  failAtEveryPoint,
  type InterruptOptions,
  leaveAtEveryPoint,
  performWhole,
} from './interruptions.ts'
import type { Outside, Register } from './outside.ts'
import { Rehearsal } from './rehearsal.ts'

/** A sink, and how to look at what it has done. */
export interface SinkUnderTest<T> {
  readonly sink: Sink<T>
  /** The ids of all records that are durable now, in the order they stand there. */
  stored(): readonly string[] | Promise<readonly string[]>
  /** Whether something stands there that looks finished. Left out, it is not tested. */
  finished?(): boolean | Promise<boolean>
  /** Called once the run is over and looked at. */
  tearDown?(): void | Promise<void>
}

/** The sink under test, and what it is given. */
export interface TestSinkOptions<T> {
  /** The `test` of vitest or of `node:test`. */
  readonly test: Register
  /** Makes the sink anew, over an empty store, with fakes that make their calls through `outside`. */
  readonly setUp: (outside: Outside) => SinkUnderTest<T> | Promise<SinkUnderTest<T>>
  /** One record the sink may be given. */
  readonly records: fc.Arbitrary<T>
  readonly idOf: (record: T) => string
  /** Whether records may be stored in another order than they came. @defaultValue false */
  readonly reorders?: boolean
  /** How many batches it may ask for while nobody asks for a commit. @defaultValue 0 */
  readonly readAhead?: number
  /** Examples per rule; a tenth of it where every point of every example is interrupted. @defaultValue 50 */
  readonly runs?: number
}

/** Registers the contract of a sink as tests. */
export function testSink<T>(options: TestSinkOptions<T>): void {
  const { test, idOf, readAhead = 0, runs = 50 } = options
  const inputs = batches(options.records, { idOf })
  const sorted = (ids: readonly string[]): readonly string[] => (options.reorders ? ids.toSorted() : ids)

  /** Runs a check on sinks that are torn down afterwards, whatever happens. */
  const withSinks = async (
    check: (setUp: (rehearsal: Rehearsal) => Promise<SinkUnderTest<T>>) => Promise<void>,
  ): Promise<void> => {
    const made: SinkUnderTest<T>[] = []
    try {
      await check(async (rehearsal) => {
        const sink = await options.setUp(rehearsal)
        made.push(sink)
        return sink
      })
    } finally {
      for (const sink of made) await sink.tearDown?.()
    }
  }
  const rule = (
    name: string,
    check: (given: readonly Batch<T>[], setUp: (rehearsal: Rehearsal) => Promise<SinkUnderTest<T>>) => Promise<void>,
    numRuns = runs,
  ): void => {
    const property = fc.asyncProperty(inputs, (given) => withSinks((setUp) => check(given, setUp)))
    test(name, () => fc.assert(property, { numRuns: Math.max(1, Math.round(numRuns)) }))
  }
  const subject = (
    given: readonly Batch<T>[],
    setUp: (rehearsal: Rehearsal) => Promise<SinkUnderTest<T>>,
  ): InterruptOptions<Commit> & { readonly current: () => SinkUnderTest<T> } => {
    let current: SinkUnderTest<T> | undefined
    const theCurrent = (): SinkUnderTest<T> => {
      assert.ok(current)
      return current
    }
    return {
      readAhead,
      current: theCurrent,
      make: async (rehearsal) => {
        const under = await setUp(rehearsal)
        current = under
        return () => under.sink(rehearsal.source(given), { signal: rehearsal.signal })
      },
      assertWhole: async (outcome, rehearsal) => {
        assert.ok(rehearsal.exhausted, 'It ended as if complete, before its source did')
        assert.deepEqual(
          sorted(await theCurrent().stored()),
          sorted(idsIn(given, idOf)),
          'It ended as if complete, but was not',
        )
        assertCommitted(outcome.given, given)
      },
      onCut: async () => {
        assert.ok(!(await theCurrent().finished?.()), 'It was cut short, and left something that looks finished')
      },
    }
  }

  rule('stores every record once and in order', async (given, setUp) => {
    const under = subject(given, setUp)
    const { rehearsal } = await performWhole(under)
    assert.ok(rehearsal.exhausted, 'It ended before its source did')
    assert.deepEqual(sorted(await under.current().stored()), sorted(idsIn(given, idOf)))
    if (under.current().finished) assert.ok(await under.current().finished?.(), 'It ended, and does not look finished')
  })
  rule('commits every batch once, with its counts and latest checkpoint', async (given, setUp) => {
    assertCommitted((await performWhole(subject(given, setUp))).outcome.given, given)
  })
  rule('says a batch is committed only once it is durable', async (given, setUp) => {
    const under = subject(given, setUp)
    let committed = 0
    await performWhole(under, {
      onValue: async (commit) => {
        committed += commit.batches
        const durable = new Set(await under.current().stored())
        for (const id of idsIn(given.slice(0, committed), idOf))
          assert.ok(durable.has(id), `Committed, but not stored: ${id}`)
      },
    })
  })
  rule('never changes what it was given, nor what it gave', async (given, setUp) => {
    const before = fingerprint(deepFreeze(given))
    await performWhole(subject(given, setUp), { onValue: (commit) => void deepFreeze(commit) })
    assert.equal(fingerprint(given), before, 'What went in was changed')
  })
  rule('asks for a batch only when it is asked for a commit', async (given, setUp) => {
    await performWhole(subject(given, setUp), { slow: true })
  })
  rule(
    'closes everything when its reader leaves, at every point',
    (...run) => leaveAtEveryPoint(subject(...run)),
    runs / 10,
  )
  rule(
    'stops and closes everything on an abort, at every point',
    (...run) => abortAtEveryPoint(subject(...run)),
    runs / 10,
  )
  rule(
    'passes a failure of its source or of a call on, at every point',
    (...run) => failAtEveryPoint(subject(...run)),
    runs / 10,
  )
  rule('can be handed to pipeline() of node:stream, and be awaited', async (given, setUp) => {
    const { sink, stored } = await setUp(new Rehearsal())
    const source = defineSource<T>('given', async function* () {
      yield* given
    })
    const totals = await pipeline(source, sink)
    assert.deepEqual(sorted(await stored()), sorted(idsIn(given, idOf)))
    assert.equal(totals.batches, given.length)
  })
}

function idsIn<T>(given: readonly Batch<T>[], idOf: (record: T) => string): string[] {
  return given.flatMap((batch) => batch.records.map(idOf))
}

function assertCommitted(commits: readonly Commit[], given: readonly Batch<unknown>[]): void {
  let from = 0
  for (const commit of commits) {
    assert.ok(commit.batches >= 1, 'A commit of no batch')
    const batches = given.slice(from, from + commit.batches)
    from += commit.batches
    assert.equal(batches.length, commit.batches, 'More batches were committed than there were')
    assert.deepEqual(
      { records: commit.records, rejects: commit.rejects, checkpoint: commit.checkpoint },
      {
        records: batches.flatMap((batch) => batch.records).length,
        rejects: batches.flatMap((batch) => batch.rejects).length,
        checkpoint: batches.findLast((batch) => batch.checkpoint)?.checkpoint,
      },
      'A commit does not tell what its batches held',
    )
  }
  assert.equal(from, given.length, 'Not every batch was committed')
}
