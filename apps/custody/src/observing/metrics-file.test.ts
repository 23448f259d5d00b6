import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { lockDirectory } from '@custody/ledger'
import { systemClock } from '@custody/pipeline'
import { describe, expect, test } from 'vitest'
import { smallDisk } from '../../../../packages/ledger/src/testing/small-disk.ts'
import { scrape } from '../testing/exposition.ts'
import { labelText } from './exposition.ts'
import { MetricValues, writeMetrics } from './metrics-file.ts'

const newFile = (): string => join(mkdtempSync(join(tmpdir(), 'custody-metrics-')), 'custody.prom')

const runs = (org: string, times = 1): MetricValues => {
  const values = new MetricValues()
  values.add('custody_runs_total', labelText({ org, status: 'complete' }), times)
  values.set('custody_open_gaps', labelText({ org }), times)
  return values
}

describe('a file of metrics', () => {
  test('keeps what is in it of others: counters are added up, gauges replaced', async () => {
    const file = newFile()
    for (const [org, times] of [
      ['acme', 2],
      ['shop', 1],
      ['acme', 3],
    ] as const) {
      await writeMetrics(file, runs(org, times), systemClock)
    }
    const { value, types } = scrape(readFileSync(file, 'utf8'))
    expect(types).toEqual({ custody_runs_total: 'counter', custody_open_gaps: 'gauge' })
    expect(value('custody_runs_total', { org: 'acme' })).toBe(5)
    expect(value('custody_open_gaps', { org: 'acme' })).toBe(3)
    expect(value('custody_runs_total', { org: 'shop' })).toBe(1)
  })

  test('keeps metrics that are not ours', async () => {
    const file = newFile()
    const foreign = '# HELP node_up Of the node.\n# TYPE node_up gauge\nnode_up{disk="a\\"b"} 1\n'
    writeFileSync(file, foreign)
    for (const _ of [1, 2]) await writeMetrics(file, runs('acme'), systemClock)
    const text = readFileSync(file, 'utf8')
    expect(text.endsWith(foreign)).toBe(true)
    expect(scrape(text).value('custody_runs_total')).toBe(2)
  })

  test.each(['version: 1\norgs:\n', 'custody_runs_total 1', 'custody_runs_total{org="a} 1\n', '{"a": 1}\n', '\0\n'])(
    'is not written over one that is none: %j',
    async (text) => {
      const file = newFile()
      writeFileSync(file, text)
      await expect(writeMetrics(file, runs('acme'), systemClock)).rejects.toMatchObject({
        code: 'METRICS_FILE_FOREIGN',
      })
      expect(readFileSync(file, 'utf8')).toBe(text)
    },
  )

  test('loses nothing when many write at once, and leaves nothing beside it but its lock', async () => {
    const file = newFile()
    await Promise.all(
      Array.from({ length: 8 }, (_, index) => writeMetrics(file, runs(`org-${index % 4}`), systemClock)),
    )
    const { samples } = scrape(readFileSync(file, 'utf8'))
    const counted = samples.filter(({ name }) => name === 'custody_runs_total')
    expect(counted.map(({ value }) => value)).toEqual([2, 2, 2, 2])
    expect(readdirSync(join(file, '..')).sort()).toEqual(['.custody.prom.lock.sqlite', 'custody.prom'])
  })

  test('stays as it is while another process holds it for too long', async () => {
    const file = newFile()
    await writeMetrics(file, runs('acme'), systemClock)
    const before = readFileSync(file, 'utf8')
    const held = lockDirectory(join(file, '..'), systemClock, '.custody.prom')
    const impatient = { ...systemClock, sleep: async () => undefined }
    await expect(writeMetrics(file, runs('acme'), impatient)).rejects.toMatchObject({ code: 'METRICS_FILE_BUSY' })
    held.release()
    expect(readFileSync(file, 'utf8')).toBe(before)
  })

  test('stays as it is where there is no room for another', async ({ skip }) => {
    const small = smallDisk(64) ?? skip('mounting needs root')
    try {
      const file = join(small.path, 'custody.prom')
      await writeMetrics(file, runs('acme'), systemClock)
      const before = readFileSync(file, 'utf8')
      const rest = join(small.path, 'rest')
      expect(() => writeFileSync(rest, Buffer.alloc(64 * 1024))).toThrow('ENOSPC')
      await expect(writeMetrics(file, runs('shop'), systemClock)).rejects.toThrow()
      expect(readFileSync(file, 'utf8')).toBe(before)
      expect(readdirSync(small.path).filter((name) => !name.startsWith('.'))).toEqual(['custody.prom', 'rest'])
      rmSync(rest)
      await writeMetrics(file, runs('shop'), systemClock)
    } finally {
      small.unmount()
    }
  })
})
