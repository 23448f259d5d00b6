import fc from 'fast-check'
import { expect, test } from 'vitest'
import { scrape } from '../testing/exposition.ts'
import { type Exposition, familyOf, formatExposition, labelText, parseExposition } from './exposition.ts'
import { metrics } from './metric-names.ts'

test('any label and any figure is written so that Prometheus reads it, and read back', () => {
  const series = fc.record({
    org: fc.string({ unit: 'binary', minLength: 1 }),
    value: fc.double({ noNaN: true, noDefaultInfinity: true }),
  })
  fc.assert(
    fc.property(fc.uniqueArray(series, { selector: ({ org }) => org, minLength: 1, maxLength: 5 }), (all) => {
      const written: Exposition = { families: new Map(), foreign: [] }
      const family = familyOf(written.families, 'custody_window_lag_seconds', metrics)
      for (const { org, value } of all) family.series.set(labelText({ org, state: '' }), value)
      const text = formatExposition(written)
      const { samples } = scrape(text)
      expect(samples.map(({ labels, value }) => ({ ...labels, value: value + 0 }))).toEqual(
        all.map(({ org, value }) => ({ org, value: value + 0 })),
      )
      expect(formatExposition(parseExposition(text, metrics) as Exposition)).toBe(text)
    }),
  )
})

test('a line of any length is read in time', () => {
  const startedAt = performance.now()
  for (const line of [
    'a{'.padEnd(200_000, 'b="c",'),
    `a{b="${'\\\\'.repeat(100_000)}`,
    'a '.padEnd(200_000),
    '#'.padEnd(200_000),
  ]) {
    parseExposition(`${line}\n`, metrics)
  }
  expect(performance.now() - startedAt).toBeLessThan(1_000)
})

test('the families and what else stands in a file keep their order', () => {
  const text = '# HELP up Is it.\n# TYPE up gauge\nup 1 1700000000000\n\n# a remark\nhot_bucket{le="+Inf"} 3\n'
  const read = parseExposition(text, metrics)
  expect(read && formatExposition(read)).toBe(text)
})
