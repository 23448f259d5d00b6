import { describe, expect, test } from 'vitest'
import { createConsole } from '../console.ts'
import { createProgress, duration, progressLine } from './progress.ts'

const state = { read: 250, behind: [], rejected: 0, total: 1000, elapsedMs: 10_000, waitingMs: 0 }

describe('progressLine', () => {
  test('says how far, how fast, how long', () => {
    expect(progressLine(state, 0)).toBe('25 %  250/1,000 conversations  25/s  30 s left')
  })

  test('says what it waits for and what was refused', () => {
    expect(progressLine({ ...state, waitingMs: 12_000, rejected: 3 }, 0)).toContain(
      '3 refused  waiting 12 s for a limit',
    )
  })

  test('says which stages have not come as far as the reading', () => {
    expect(progressLine({ ...state, behind: [{ stage: 'redact', records: 1_234 }] }, 0)).toContain('left  redact 1,234')
  })

  test('fits the terminal', () => {
    expect(progressLine(state, 40)).toHaveLength(39)
  })

  test('more than expected is no more than all', () => {
    expect(progressLine({ ...state, read: 1200 }, 0)).toMatch(/^100 %/)
    expect(progressLine({ ...state, read: 0, total: 0 }, 0)).toMatch(/^100 %/)
  })
})

test.each([
  [0, '0.0 s'],
  [9_949, '9.9 s'],
  [9_950, '10 s'],
  [59_499, '59 s'],
  [59_500, '1 min 00 s'],
  [3_599_499, '59 min 59 s'],
  [3_600_000, '1 h 00 min'],
])('%d ms are %s', (ms, text) => expect(duration(ms)).toBe(text))

describe('createProgress', () => {
  const run = (isTTY: boolean): string => {
    let written = ''
    let now = 0
    const stderr = { write: (text: string) => (written += text), isTTY, columns: 100 }
    const console = createConsole({ write: () => true }, stderr, {})
    const progress = createProgress({ console, clock: { now: () => now, sleep: async () => undefined }, total: 100 })
    for (let at = 1; at <= 100; at++) {
      now = at * 250
      progress.onRunEvent({ type: 'batch-end', stage: 'entries', records: 1, rejects: 0, ownMs: 0, drops: {} })
    }
    progress.end()
    return written
  }

  test('counts each stage behind the reading, as long as it lags', () => {
    let written = ''
    let now = 0
    const stderr = { write: (text: string) => (written = text), isTTY: true, columns: 200 }
    const console = createConsole({ write: () => true }, stderr, {})
    const progress = createProgress({ console, clock: { now: () => now, sleep: async () => undefined }, total: 100 })
    const batch = (stage: string, records: number): string => {
      now += 1_000
      progress.onRunEvent({ type: 'batch-end', stage, records, rejects: 0, ownMs: 0, drops: {} })
      return written
    }
    batch('census', 90)
    batch('entries', 20)
    batch('redact', 20)
    batch('entries', 20)
    expect(batch('archive', 0)).toMatch(/ 40\/100 conversations .* left {2}redact 20 {2}archive 0$/)
    batch('redact', 20)
    expect(batch('archive', 40)).toMatch(/ left$/)
  })

  test('redraws one line on a terminal and takes it away', () => {
    const written = run(true)
    expect(written).not.toContain('\n')
    expect(written.endsWith('\r\u001b[2K')).toBe(true)
  })

  test('writes a plain line now and then elsewhere', () => {
    expect(run(false).trim().split('\n')).toHaveLength(2)
    expect(run(false)).not.toContain('\u001b')
  })
})
