import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type OnThreadsOptions, onThreads } from './on-threads.ts'
import type { TrialAnswer, TrialTask } from './testing/trial-work.ts'

const module = new URL('./testing/trial-work.ts', import.meta.url)

async function collect<T>(all: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = []
  for await (const each of all) collected.push(each)
  return collected
}

async function* source(tasks: Iterable<TrialTask>, onTake: () => void = () => undefined): AsyncGenerator<TrialTask> {
  for (const task of tasks) {
    onTake()
    yield task
  }
}

function run(tasks: readonly TrialTask[], options: Partial<OnThreadsOptions<TrialTask>> = {}): Promise<TrialAnswer[]> {
  return collect(onThreads<TrialTask, TrialAnswer>(source(tasks), { module, data: 10, threads: 2, ...options }))
}

test('answers come in the order of their tasks, whoever was faster, however many threads there are', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat({ max: 4 }), { maxLength: 9 }), fc.nat({ max: 3 }), async (turns, threads) => {
      const tasks = turns.map((each, number) => ({ number, turns: each }))
      const answers = await run(tasks, { threads })
      expect(answers.map(({ number }) => number)).toEqual(tasks.map(({ number }) => number * 10))
      expect(answers.map(({ bytes }) => bytes[0])).toEqual(tasks.map(({ number }) => number))
    }),
    { numRuns: 5 },
  )
})

test.each([0, 2])('with %i threads, what the work throws is thrown, as the error it was', async (threads) => {
  const tasks = (does: 'throw' | 'throw ours'): readonly TrialTask[] => [
    { number: 1 },
    { number: 2, does },
    { number: 3 },
  ]
  await expect(run(tasks('throw'), { threads })).rejects.toThrow(new RangeError('as told'))
  const ours = { code: 'TRIAL_FAILED', kind: 'refused', message: 'as told', actions: ['Go.'] }
  await expect(run(tasks('throw ours'), { threads })).rejects.toMatchObject(ours)
  await expect(run([{ number: 1 }], { threads, data: -1 })).rejects.toMatchObject({ code: 'TRIAL_DATA', kind: 'usage' })
})

test('a thread that ends in the middle fails the run, and says what to do', async () => {
  const dying = run([{ number: 1 }, { number: 2, does: 'exit' }, { number: 3 }, { number: 4 }])
  await expect(dying).rejects.toMatchObject({ code: 'THREAD_FAILED', actions: [expect.stringContaining('--jobs 1')] })
})

test.runIf(process.env['SLOW'])(
  'a thread that needs more memory than it may have fails the run, and not the process',
  async () => {
    const filling = run([{ number: 1, does: 'fill memory' }])
    await expect(filling).rejects.toMatchObject({ code: 'THREAD_FAILED', cause: { code: 'ERR_WORKER_OUT_OF_MEMORY' } })
  },
)

test('no more tasks are taken than there is room for', async () => {
  let taken = 0
  const tasks = Array.from({ length: 40 }, (_, number) => ({ number }))
  const answers = onThreads<TrialTask, TrialAnswer>(
    source(tasks, () => {
      taken += 1
    }),
    { module, data: 1, threads: 2, ahead: 3 },
  )
  for (let given = 1; given <= 40; given++) {
    await answers.next()
    expect(taken).toBeLessThanOrEqual(given + 6)
  }
  expect(await answers.next()).toMatchObject({ done: true })
})

test.each([0, 1])('with %i threads, an abort throws its reason, also before the first task', async (threads) => {
  const reason = new Error('enough')
  await expect(run([{ number: 1 }], { threads, signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
})

test('an abort ends a thread that would never answer', async () => {
  const stop = new AbortController()
  const hanging = onThreads<TrialTask, TrialAnswer>(source([{ number: 1 }, { number: 2, does: 'hang' }]), {
    module,
    data: 1,
    threads: 1,
    signal: stop.signal,
  })
  await hanging.next()
  const reason = new Error('enough')
  const second = hanging.next()
  stop.abort(reason)
  await expect(second).rejects.toBe(reason)
})

test('who leaves early, or whose tasks end in a failure, leaves no thread behind', async () => {
  const failing = async function* (): AsyncGenerator<TrialTask> {
    yield { number: 1 }
    throw new Error('no more')
  }
  const all = collect(onThreads<TrialTask, TrialAnswer>(failing(), { module, data: 1, threads: 2 }))
  await expect(all).rejects.toThrow('no more')
  for await (const { number } of onThreads<TrialTask, TrialAnswer>(source([{ number: 7 }, { number: 8 }]), {
    module,
    data: 1,
    threads: 1,
    ahead: 1,
  })) {
    expect(number).toBe(7)
    break
  }
  expect(process.getActiveResourcesInfo()).not.toContain('MessagePort')
})

test.each([{ threads: -1 }, { threads: 1.5 }, { ahead: 0 }])('%j is refused', async (options) => {
  await expect(run([], options)).rejects.toMatchObject({ code: 'THREADS', kind: 'usage' })
})
