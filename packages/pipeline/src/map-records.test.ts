import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Batch } from './batch.ts'
import { type MapRecordsOptions, mapRecords } from './map-records.ts'
import { collect, iterate, log, numbers, settle } from './testing/numbers.ts'

const run = (
  batch: Partial<Batch<number>>,
  options: Partial<MapRecordsOptions<number, number>> & Pick<MapRecordsOptions<number, number>, 'map'>,
): Promise<Batch<number>[]> =>
  collect(mapRecords<number, number>({ name: 'test', ...options })(iterate({ records: [], rejects: [], ...batch })))

const refusal = (id: number) => ({ code: 'BAD', subject: { type: 'Number', id: String(id) }, message: 'Bad.' })
const earlier = { stage: 'earlier', ...refusal(99) }

test('maps, and passes rejects, drops and checkpoint on', async () => {
  const checkpoint = { source: 's', cursor: 'c' }
  const batch = { records: [1, 2], rejects: [earlier], drops: { old: 2 }, checkpoint }
  expect(await run(batch, { map: (n) => n * 10 })).toEqual([{ ...batch, records: [10, 20] }])
})

test('a batch without drops or checkpoint does not get any', async () => {
  const [batch] = await run({ records: [1] }, { map: (n) => n })
  expect(Object.keys(batch ?? {}).sort()).toEqual(['records', 'rejects'])
})

test('drop leaves out and counts by reason, on top of earlier drops', async () => {
  const map: MapRecordsOptions<number, number>['map'] = (n, { drop }) =>
    n === 3 ? n : drop(n % 2 ? 'odd' : '__proto__')
  const [batch] = await run({ records: [1, 2, 3, 4, 5], drops: { odd: 1 } }, { map })
  expect(batch?.records).toEqual([3])
  expect(Object.entries(batch?.drops ?? {})).toEqual([
    ['odd', 3],
    ['__proto__', 2],
  ])
})

test('refuse makes a reject of the stage, whatever name the reject brings', async () => {
  const [batch] = await run(
    { records: [1, 2], rejects: [earlier] },
    {
      map: (n, { refuse }) => (n === 1 ? refuse({ ...refusal(n), stage: 'forged' } as ReturnType<typeof refusal>) : n),
    },
  )
  expect(batch).toEqual({ records: [2], rejects: [earlier, { stage: 'test', ...refusal(1) }] })
})

test('reject notes a part and keeps the record', async () => {
  const within = { type: 'Number', id: '1' }
  const map: MapRecordsOptions<number, number>['map'] = (n, { reject }) => {
    reject({ ...refusal(7), within })
    reject({ ...refusal(8), within })
    return n
  }
  const [batch] = await run({ records: [1] }, { map })
  expect(batch?.records).toEqual([1])
  expect(batch?.rejects.map((reject) => reject.subject.id)).toEqual(['7', '8'])
})

test.each([undefined, null])('returning %s fails the run', async (nothing) => {
  const failing = run({ records: [1] }, { map: () => nothing as unknown as number })
  await expect(failing).rejects.toMatchObject({ code: 'STAGE_RETURNED_NOTHING' })
})

test.each([0, '', false])('%j is a record like any other', async (value) => {
  const stage = mapRecords<number, string | number | boolean>({ name: 'test', map: () => value })
  expect(await collect(stage(iterate({ records: [1], rejects: [] })))).toEqual([{ records: [value], rejects: [] }])
})

test.each([0, -1, 1.5, Number.NaN])('concurrency %d is refused at construction', (concurrency) => {
  expect(() => mapRecords({ name: 'test', map: () => 1, concurrency })).toThrow(
    expect.objectContaining({ code: 'STAGE_CONCURRENCY', kind: 'usage' }),
  )
})

test('concurrency keeps the order of records and rejects, whoever is ready first', async () => {
  const delays = fc.array(fc.nat({ max: 5 }), { minLength: 1, maxLength: 12 })
  await fc.assert(
    fc.asyncProperty(delays, fc.integer({ min: 1, max: 6 }), async (turns, concurrency) => {
      let running = 0
      let most = 0
      const [batch] = await run(
        { records: turns.map((_, index) => index) },
        {
          concurrency,
          async map(n, { reject, refuse }) {
            most = Math.max(most, ++running)
            for (let turn = 0; turn < (turns[n] ?? 0); turn++) await new Promise(setImmediate)
            running -= 1
            reject(refusal(n * 2))
            return n % 3 === 2 ? refuse(refusal(n * 2 + 1)) : n
          },
        },
      )
      expect(batch?.records).toEqual(turns.map((_, index) => index).filter((n) => n % 3 !== 2))
      const ids = batch?.rejects.map((reject) => Number(reject.subject.id)) ?? []
      expect(ids).toEqual(ids.toSorted((a, b) => a - b))
      expect(ids).toHaveLength(turns.length + turns.filter((_, index) => index % 3 === 2).length)
      expect(most).toBeLessThanOrEqual(concurrency)
      expect(running).toBe(0)
    }),
    { numRuns: 50 },
  )
})

test('the first failure wins, no new call is made, and every lane has ended when it leaves', async () => {
  const first = new Error('first')
  const started: number[] = []
  let ended = 0
  const failing = run(
    { records: [0, 1, 2, 3, 4, 5] },
    {
      concurrency: 3,
      async map(n) {
        started.push(n)
        try {
          if (n === 1) throw first
          await settle()
          if (n === 0) throw new Error('later')
          return n
        } finally {
          ended += 1
        }
      },
    },
  )
  await expect(failing).rejects.toBe(first)
  expect(started).toEqual([0, 1, 2])
  expect(ended).toBe(3)
})

test('an abort stops between records, also where the mapping does not look at the signal', async () => {
  const stop = new AbortController()
  const reason = new Error('enough')
  const seen: number[] = []
  const stage = mapRecords<number, number>({
    name: 'test',
    async map(n, { signal }) {
      seen.push(n)
      if (n === 2) stop.abort(reason)
      expect(signal).toBe(stop.signal)
      return n
    },
  })
  const source = log()
  const batches = stage(iterate({ records: [1, 2, 3], rejects: [] }), { signal: stop.signal })
  await expect(collect(batches)).rejects.toBe(reason)
  expect(seen).toEqual([1, 2])
  await expect(collect(stage(numbers(3, source)(), { signal: stop.signal }))).rejects.toBe(reason)
  expect(source.closed).toBe(true)
})

test('without a signal the mapping is given one that never aborts', async () => {
  const stage = mapRecords<number, boolean>({ name: 'test', map: (_, { signal }) => signal.aborted })
  expect(await collect(stage(iterate({ records: [1], rejects: [] })))).toEqual([{ records: [false], rejects: [] }])
})

test('a failing lane stops those that wait', async () => {
  const stage = mapRecords<number, number>({
    name: 'test',
    concurrency: 2,
    map: async (record, { signal }) => {
      if (record === 1) throw new Error('first')
      // Waits for as long as nobody stops it.
      await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
      return record
    },
  })
  async function* source() {
    yield { records: [0, 1], rejects: [] }
  }
  await expect(stage(source()).next()).rejects.toThrow('first')
})
