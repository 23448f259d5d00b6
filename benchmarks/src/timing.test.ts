import { expect, test } from 'vitest'
import { median, timeInterleaved } from './timing.ts'

test('the median is the value in the middle', () => {
  expect(median([3, 1, 2])).toBe(2)
  expect(median([4, 1, 3, 2])).toBe(2.5)
  expect(median([])).toBeNaN()
})

test('runs are interleaved', async () => {
  const order: string[] = []
  const times = await timeInterleaved(
    ['a', 'b'].map((name) => ({ name, run: () => void order.push(name) })),
    { rounds: 3, atLeastMs: 0 },
  )
  expect(order.slice(-6).join('')).toBe('ababab')
  expect(times.get('a')).toHaveLength(3)
})
