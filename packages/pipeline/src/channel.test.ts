import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Channel } from './channel.ts'
import { collect, settle } from './testing/numbers.ts'

test('values arrive in order, whoever is first: sender or reader', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.boolean()), async (waits) => {
      const channel = new Channel<number>()
      const reading = collect(channel)
      for (const [value, wait] of waits.entries()) {
        const sent = channel.send(value)
        if (wait) await sent
      }
      channel.end()
      expect(await reading).toEqual([...waits.keys()])
    }),
  )
})

test('a sender is let go when the reader asks for the next value, not before', async () => {
  const channel = new Channel<string>()
  let done = false
  const sent = channel.send('a').then(() => {
    done = true
  })
  const reader = channel[Symbol.asyncIterator]()
  await settle()
  expect(done).toBe(false)
  expect(await reader.next()).toEqual({ value: 'a', done: false })
  await settle()
  expect(done).toBe(false)
  const next = reader.next()
  await sent
  channel.end()
  expect(await next).toEqual({ value: undefined, done: true })
})

test('all senders are let go when the channel is closed, also the one whose value is in hand', async () => {
  const channel = new Channel<number>()
  let done = 0
  const sent = Promise.all(
    [1, 2].map(async (value) => {
      await channel.send(value)
      done += 1
    }),
  )
  for await (const _ of channel) break
  await settle()
  expect(done).toBe(0)
  channel.close()
  await sent
  await channel.send(3)
})

test('a failure reaches a waiting reader, lets senders go and drops what was on offer', async () => {
  const failure = new Error('failure')
  const waiting = new Channel<number>()
  const reading = collect(waiting)
  await settle()
  waiting.fail(failure)
  await expect(reading).rejects.toBe(failure)

  const offering = new Channel<number>()
  const sent = offering.send(1)
  offering.fail(failure)
  offering.fail(new Error('later'))
  offering.end()
  await sent
  await expect(collect(offering)).rejects.toBe(failure)
})

test('a failure may be anything, also undefined', async () => {
  const channel = new Channel<number>()
  channel.fail(undefined)
  await expect(collect(channel)).rejects.toBeUndefined()
})

test('ended before it is read: what is on offer still arrives', async () => {
  const channel = new Channel<number>()
  void channel.send(1)
  channel.end()
  expect(await collect(channel)).toEqual([1])
  const empty = new Channel<number>()
  empty.end()
  expect(await collect(empty)).toEqual([])
})
