import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { archive } from '@custody/archive'
import type { Conversation } from '@custody/model'
import { defineSource } from '@custody/pipeline'
import { expect, onTestFinished, test } from 'vitest'
import { runInProcess as run } from '../testing/run-program.ts'

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'custody-report-'))
  onTestFinished(() => rmSync(made, { recursive: true, force: true }))
  return made
}

/** An empty archive of a month, of a version that made no report. */
async function writeMonth(directory: string, month: number): Promise<string> {
  const first = (number: number): string => new Date(Date.UTC(2026, number - 1, 1)).toISOString()
  let path = ''
  const sink = archive({
    directory,
    org: 'acme',
    window: { from: first(month), to: first(month + 1) },
    mode: 'plain',
    key: new Uint8Array(32),
    run: { runId: `run-${month}`, tool: 'test/1.0.0', startedAt: first(month + 1) },
    onWritten: (result) => {
      path = result.path
    },
  })
  await sink(defineSource<Conversation>('none', async function* () {})())
  return path
}

test('an older archive gets its report, once', async () => {
  const directory = folder()
  const path = await writeMonth(directory, 1)
  const out = join(directory, 'january.html')
  expect(await run(['report', path, '--out', out])).toMatchObject({ code: 0, stdout: `${out}\n` })
  expect(readFileSync(out, 'utf8')).toContain('>Empty</h2>')
  const again = await run(['report', path, '--out', out])
  expect(again).toMatchObject({ code: 5, stderr: expect.stringContaining('REPORT_EXISTS') })
  expect(await run(['report', path, '--out', out, '--replace'])).toMatchObject({ code: 0 })
  expect(readdirSync(directory).filter((file) => file.startsWith('.'))).toEqual([])
})

test('an archive that was changed gets none', async () => {
  const directory = folder()
  const path = await writeMonth(directory, 1)
  writeFileSync(path, readFileSync(path).subarray(0, -50))
  const out = join(directory, 'x.html')
  expect((await run(['report', path, '--out', out])).code).not.toBe(0)
  expect(existsSync(out)).toBe(false)
})

test('a year tells what is missing between its archives, on the page and as events', async () => {
  const directory = folder()
  for (const month of [1, 2, 4]) await writeMonth(directory, month)
  mkdirSync(join(directory, 'out'))
  const out = join(directory, 'out', 'year.html')
  const ran = await run(['report', '--chain', directory, '--out', out, '--json'])
  expect(ran.code).toBe(4)
  const events = ran.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(events.filter(({ type }) => type === 'archive-reported').map(({ verdict }) => verdict)).toEqual([
    'empty',
    'empty',
    'empty',
  ])
  expect(events.find(({ type }) => type === 'period')).toMatchObject({
    what: 'missing',
    from: '2026-03-01T00:00:00.000Z',
    to: '2026-04-01T00:00:00.000Z',
  })
  expect(events.at(-1)).toMatchObject({ type: 'chain-reported', archives: 3, missing: 1, overlapping: 0, path: out })
  expect(readFileSync(out, 'utf8')).toContain('2026-03-01 up to, and without, 2026-04-01')
  const whole = folder()
  for (const month of [1, 2]) await writeMonth(whole, month)
  expect(await run(['report', '--chain', whole])).toMatchObject({ code: 0 })
})

test.each([[['report']], [['report', 'x', '--chain', 'y']], [['report', 'x']]])('%j is no question', async (args) => {
  expect(await run(args)).toMatchObject({ code: 2 })
})
