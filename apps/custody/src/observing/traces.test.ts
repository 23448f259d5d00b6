import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Span, type SpanOptions, trace } from '@opentelemetry/api'
import { afterEach, expect, onTestFinished, test } from 'vitest'
import { startOrgsUnderTest } from '../testing/orgs-under-test.ts'
import { runCommand } from '../testing/run-custody.ts'

interface Recorded extends Required<Pick<SpanOptions, 'attributes'>> {
  readonly name: string
  readonly parent: string | null
  readonly startedAt: number
  endedAt: number | null
  failed: boolean
}

/** What an SDK does, as little as can be: it keeps spans. */
function recorder(): readonly Recorded[] {
  const spans: Recorded[] = []
  const recordOf = new Map<Span | undefined, Recorded>()
  trace.setGlobalTracerProvider({
    getTracer: () => ({
      startSpan(name, { attributes = {}, startTime } = {}, within) {
        const parent = recordOf.get(within && trace.getSpan(within))?.name ?? null
        const record: Recorded = {
          name,
          parent,
          attributes: { ...attributes },
          startedAt: Number(startTime),
          endedAt: null,
          failed: false,
        }
        const span = {
          setAttributes(more: object) {
            Object.assign(record.attributes, more)
            return span
          },
          setStatus() {
            record.failed = true
            return span
          },
          end(at: number) {
            record.endedAt = at
          },
        } as unknown as Span
        recordOf.set(span, record)
        spans.push(record)
        return span
      },
      startActiveSpan: () => {
        throw new Error('not used')
      },
    }),
  })
  return spans
}

afterEach(() => trace.disable())

const october = ['archive', '--from', '2026-10-01', '--to', '2026-11-01']
const at = '2026-12-01T03:00:00Z'

test('an SDK that is registered gets the command, its job, phases, stages and calls, and nobody of the people', async () => {
  const keys = mkdtempSync(join(tmpdir(), 'custody-keys-'))
  onTestFinished(() => rmSync(keys, { recursive: true }))
  await using under = await startOrgsUnderTest({ shop: {} }, `seal: { keys: ${keys} }`)
  await under.run(['keys', 'init'], { at })
  const spans = recorder()
  expect((await under.run(october, { at })).code).toBe(0)
  const parents = Object.fromEntries(spans.map(({ name, parent }) => [name, parent]))
  expect(parents).toMatchObject({
    'custody archive': null,
    archive: 'archive',
    count: 'archive',
    seal: 'archive',
    census: 'archive',
    entries: 'archive',
    redact: 'archive',
    reconcile: 'archive',
    'conversation-entries': 'archive',
    query: 'archive',
  })
  for (const { startedAt, endedAt, failed } of spans) {
    expect(endedAt).toBeGreaterThanOrEqual(startedAt)
    expect(failed).toBe(false)
  }
  const calls = spans.filter(({ name }) => name === 'conversation-entries')
  expect(calls).toHaveLength(under.orgs['shop']?.calls['conversation-entries'].count ?? 0)
  expect(calls[0]?.attributes).toMatchObject({ 'custody.org': 'shop', 'http.response.status_code': 200 })
  const told = JSON.stringify(spans)
  for (const { conversationIdentifier } of under.orgs['shop']?.truth.conversations() ?? []) {
    expect(told).not.toContain(conversationIdentifier)
  }
})

test('what fails is said to, by its code', async () => {
  await using under = await startOrgsUnderTest({ shop: {} })
  const spans = recorder()
  expect((await under.run(october, { at, env: { SHOP_SECRET: 'wrong' } })).code).toBe(6)
  expect(spans.filter(({ failed, endedAt }) => failed && endedAt !== null).map(({ name }) => name)).toEqual(
    expect.arrayContaining(['custody archive', 'archive']),
  )
})

test('without one nothing is loaded, for help or for a run', async () => {
  await using under = await startOrgsUnderTest({ shop: {} })
  const code = `
    import { registerHooks } from 'node:module'
    registerHooks({ load: (url, context, next) => (/opentelemetry|pino|observing.(traces|metrics|log)/.test(url) && console.log(url), next(url, context)) })
    const { runProgram } = await import(process.env.PROGRAM)
    const write = () => true
    for (const args of JSON.parse(process.env.COMMANDS))
      console.log(await runProgram(args, { stdout: { write }, stderr: { write }, env: process.env, signal: new AbortController().signal }))`
  const { stdout } = await runCommand(
    process.execPath,
    ['--conditions=@custody/source', '--input-type=module', '-e', code],
    {
      env: {
        PROGRAM: new URL('../program.ts', import.meta.url).href,
        COMMANDS: JSON.stringify([['--help'], [...october, '--config', under.config, '--quiet']]),
      },
    },
  )
  // No secret is given: the run ends where it would sign in.
  expect(stdout).toBe('0\n2\n')
})
