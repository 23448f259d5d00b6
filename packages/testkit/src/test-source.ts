import assert from 'node:assert/strict'
import type { Batch, Checkpoint, Source } from '@custody/pipeline'
import { deepFreeze } from './frozen.ts'
import {
  abortAtEveryPoint,
  failAtEveryPoint,
  type InterruptOptions,
  leaveAtEveryPoint,
  performWhole,
} from './interruptions.ts'
import type { Outside, Register } from './outside.ts'

/** The source under test, and what it should give. */
export interface TestSourceOptions<T> {
  /** The `test` of vitest or of `node:test`. */
  readonly test: Register
  /** Makes the source anew, over the same data each time, with fakes that make their calls through `outside`. */
  readonly source: (outside: Outside) => Source<T>
  readonly idOf: (record: T) => string
  /** The ids there are, in order: records and whole rejects. Left out, the first run tells. */
  readonly expected?: readonly string[]
  /** Makes the source that goes on after a checkpoint. Left out, resuming is not tested. */
  readonly resume?: (outside: Outside, checkpoint: Checkpoint) => Source<T>
  /** How much it may do ahead of its reader, in batches; with 0 it makes no call unless asked for a batch. @defaultValue 0 */
  readonly readAhead?: number
}

/** Registers the contract of a source as tests. */
export function testSource<T>(options: TestSourceOptions<T>): void {
  const { test, idOf, readAhead = 0 } = options
  const make =
    (source: (outside: Outside) => Source<T>): InterruptOptions<Batch<T>>['make'] =>
    (rehearsal) => {
      const made = source(rehearsal)
      return () => made({ signal: rehearsal.signal })
    }
  const read = async (source: (outside: Outside) => Source<T>): Promise<readonly Batch<T>[]> =>
    (await performWhole({ readAhead, make: make(source) })).outcome.given
  const idsOf = (batches: readonly Batch<T>[]): string[] => batches.flatMap((batch) => accountedIds(batch, idOf))
  const subject: InterruptOptions<Batch<T>> = {
    readAhead,
    make: make(options.source),
    assertWhole: async ({ given }) => {
      const expected = options.expected ?? idsOf(await read(options.source))
      assert.deepEqual(idsOf(given), expected, 'It ended as if complete, but was not')
    },
  }

  test('gives every record there is, once and in order', async () => {
    const ids = idsOf(await read(options.source))
    assert.equal(new Set(ids).size, ids.length, 'A record came twice')
    if (options.expected) assert.deepEqual(ids, options.expected)
  })
  test('gives the same again', async () => {
    assert.deepEqual(await read(options.source), await read(options.source))
  })
  test('gives checkpoints that can be stored, each new, with one at the end', async () => {
    const batches = await read(options.source)
    const checkpoints = batches.flatMap((batch) => batch.checkpoint ?? [])
    for (const { source, cursor } of checkpoints) {
      assert.ok(typeof source === 'string' && source !== '', 'A checkpoint needs the name of its source')
      assert.equal(typeof cursor, 'string', 'The cursor of a checkpoint must be a string')
    }
    const distinct = new Set(checkpoints.map(({ source, cursor }) => JSON.stringify([source, cursor])))
    assert.equal(distinct.size, checkpoints.length, 'The same checkpoint came twice')
    if (checkpoints.length > 0)
      assert.ok(batches.at(-1)?.checkpoint, 'The last batch has no checkpoint: its records never count as done')
  })
  const { resume } = options
  if (resume) {
    test('goes on after each of its checkpoints, with nothing missing and nothing twice', async () => {
      const batches = await read(options.source)
      const ids = idsOf(batches)
      for (const [index, { checkpoint }] of batches.entries()) {
        if (!checkpoint) continue
        const before = idsOf(batches.slice(0, index + 1))
        const after = idsOf(await read((outside) => resume(outside, checkpoint)))
        assert.deepEqual([...before, ...after], ids, `Going on after ${checkpoint.cursor}`)
      }
    })
  }
  test('never changes what it gave', async () => {
    await performWhole(subject, { onValue: (batch) => void deepFreeze(batch) })
  })
  test('does nothing unless it is asked for a batch', async () => {
    await performWhole(subject, { slow: true })
  })
  test('closes everything when its reader leaves, at every point', () => leaveAtEveryPoint(subject))
  test('stops and closes everything on an abort, at every point', () => abortAtEveryPoint(subject))
  test('passes a failing call on, at every point', () => failAtEveryPoint(subject))
}

/** Records and wholly refused ones: both are found, and neither may be found twice. */
function accountedIds<T>(batch: Batch<T>, idOf: (record: T) => string): string[] {
  const refused = batch.rejects.filter((reject) => !reject.within).map((reject) => reject.subject.id ?? '(no id)')
  return [...batch.records.map(idOf), ...refused]
}
