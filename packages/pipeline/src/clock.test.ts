import { expect, test } from 'vitest'
import { systemClock } from './clock.ts'

const reason = new Error('enough')

test('no time at all', async () => {
  await systemClock.sleep(0)
  await systemClock.sleep(-1)
})

test('an abort before or while sleeping throws its reason', async () => {
  await expect(systemClock.sleep(0, AbortSignal.abort(reason))).rejects.toBe(reason)
  const stop = new AbortController()
  const sleep = systemClock.sleep(3_600_000, stop.signal)
  stop.abort(reason)
  await expect(sleep).rejects.toBe(reason)
})

test('a sleep longer than a timer can be is not cut short', async () => {
  const warnings: Error[] = []
  const note = (warning: Error): void => void warnings.push(warning)
  process.on('warning', note)
  const stop = new AbortController()
  const sleep = systemClock.sleep(2 ** 40, stop.signal)
  await new Promise(setImmediate)
  stop.abort(reason)
  await expect(sleep).rejects.toBe(reason)
  process.off('warning', note)
  // Node warns, and fires at once, when a timer is asked for too much.
  expect(warnings).toEqual([])
})
