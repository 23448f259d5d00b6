import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { EmulatorOptions } from '@custody/emulator'
import { systemClock } from '@custody/pipeline'
import { expect, onTestFinished, test } from 'vitest'
import type { CommandContext } from '../command-context.ts'
import { createConsole } from '../console.ts'
import { type OrgsUnderTest, startOrgsUnderTest } from '../testing/orgs-under-test.ts'
import type { AskWho } from './ask-who.ts'
import { findPeople } from './find-people.ts'

const at = '2026-11-20T10:00:00.000Z'

interface Event {
  readonly type: string
  readonly [key: string]: unknown
}

async function start(emulator: EmulatorOptions = {}, more = '') {
  const under = await startOrgsUnderTest(
    { shop: { emulator: { conversations: 60, longEntries: 10, world: { everyChannel: true }, ...emulator } } },
    more,
  )
  onTestFinished(() => under[Symbol.asyncDispose]())
  const run = async (...args: readonly string[]) => {
    const ran = await under.run([...args, '--json'], { at })
    const events = ran.stdout.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Event]))
    const of = (type: string): Event | undefined => events.findLast((event) => event.type === type)
    return { ...ran, events, of }
  }
  const org = under.orgs['shop'] as NonNullable<OrgsUnderTest['orgs'][string]>
  for (const { recordId } of org.truth.endUsers()) org.setSessions(recordId, 'ended')
  /** People with a contact's e-mail, more than one record, and all of them. */
  const people = [...Map.groupBy(org.truth.endUsers(), ({ emails }) => emails[0] ?? '')].filter(
    ([email, own]) => email !== '' && own.length > 1,
  )
  return { under, org, run, people }
}

/** A file of requests about people by their e-mail. */
function requestsFile(
  { folder }: OrgsUnderTest,
  rows: readonly (readonly [reference: string, email: string])[],
): string {
  const file = join(folder, 'requests.csv')
  const lines = rows.map(([reference, email]) => `${reference},2026-11-10,${email}`)
  writeFileSync(file, ['reference,received,emails', ...lines, ''].join('\n'))
  return file
}

test('a request is found, planned and approved; the plan on the disk says nothing of the person', async () => {
  const { under, org, run, people } = await start({ conversations: 24 })
  const [[email, own] = ['', []]] = people
  await run('archive', '--from', org.window.from, '--to', org.window.to)
  await run('erase', 'add', '--file', requestsFile(under, [['DSR-1', email]]))

  const seen = await run('erase', 'find', 'DSR-1')
  const candidates = seen.of('erase-candidates')?.['candidates'] as readonly { readonly endUserId: string }[]
  expect(candidates.map(({ endUserId }) => endUserId).sort()).toEqual(own.map(({ recordId }) => recordId).sort())
  expect(seen.of('erase-find')).toMatchObject({ undecided: 1, selected: 0, exitCode: 0 })
  expect((await run('erase', 'plan', 'DSR-1')).of('error')).toMatchObject({ code: 'ERASURE_REQUEST_STATE' })

  const found = await run('erase', 'find', 'DSR-1', '--select', 'exact', '--operator', 'jane-1')
  expect(found.of('erase-selected')).toMatchObject({ request: 'DSR-1', by: 'exact', selected: own.length })

  const planned = await run('erase', 'plan', 'DSR-1', '--out', join(under.folder, 'plans'))
  expect(planned.code).toBe(0)
  const { digest, plan } = planned.of('erase-planned') as unknown as {
    readonly digest: string
    readonly plan: {
      readonly calls: number
      readonly notArchived: number
      readonly archives: readonly { readonly conversations: number }[]
    }
  }
  expect(plan.notArchived).toBeGreaterThanOrEqual(0)
  expect(plan.calls).toBe(own.length)
  expect(plan.archives).toHaveLength(1)
  expect(plan.archives[0]?.conversations).toBeGreaterThan(0)
  const bytes = readFileSync(join(under.folder, 'plans', 'DSR-1.plan.json'))
  expect(createHash('sha256').update(bytes).digest('hex')).toBe(digest)
  const printed = [seen, found, planned].map(({ stdout, stderr }) => stdout + stderr).join('') + bytes.toString()
  for (const { name, phones, emails } of own) {
    for (const value of [name, ...phones, ...emails]) expect(printed).not.toContain(value)
  }

  const wrong = await run('erase', 'approve', 'f'.repeat(64), '--operator', 'jane-1')
  expect([wrong.code, wrong.of('error')?.['code']]).toEqual([5, 'PLAN_UNKNOWN'])
  const approved = await run('erase', 'approve', digest.slice(0, 12), '--operator', 'jane-1')
  expect([approved.code, approved.of('erase-approved')?.['isEnough']]).toEqual([0, true])
})

test('a plan that is not true any more is refused with 5, and names what changed', async () => {
  const { under, org, run, people } = await start({}, 'erasure: { twoPersonRule: true }')
  const [[email, own] = ['', []]] = people
  await run('erase', 'add', '--file', requestsFile(under, [['DSR-1', email]]))
  await run('erase', 'find', 'DSR-1', '--select', 'exact', '--operator', 'jane-1')
  const digest = String((await run('erase', 'plan', 'DSR-1')).of('erase-planned')?.['digest'])
  const first = await run('erase', 'approve', digest, '--operator', 'jane-1')
  expect([first.code, first.of('erase-approved')?.['isEnough']]).toEqual([5, false])
  expect((await run('erase', 'approve', digest, '--operator', 'jane-1')).of('error')).toMatchObject({
    code: 'APPROVAL_SAME_OPERATOR',
  })
  const changed = async (): Promise<unknown> => {
    const ran = await run('erase', 'approve', digest, '--operator', 'john-2')
    expect(ran.code).toBe(5)
    expect(ran.of('error')).toMatchObject({ code: 'PLAN_CHANGED' })
    return ran.stderr
  }
  org.setSessions(own[0]?.recordId ?? '', 'open')
  expect(await changed()).toContain('blocker-added:open-session')
  org.setSessions(own[0]?.recordId ?? '', 'ended')
  await run(
    'hold',
    'add',
    'H-1',
    '--matter',
    'M-1',
    '--ground',
    'legal-hold',
    '--everything',
    '--operator',
    'counsel-1',
  )
  expect(await changed()).toContain('blocker-added:hold')
  await run('hold', 'release', 'H-1', '--operator', 'counsel-1')
  await run('hold', 'release', 'H-1', '--operator', 'counsel-2')
  const second = await run('erase', 'approve', digest, '--operator', 'john-2')
  expect([second.code, second.of('erase-approved')?.['approvals']]).toEqual([0, 2])
})

test('where an export comes first, what is in no archive is not approved', async () => {
  const { under, org, run, people } = await start({ conversations: 24 }, 'erasure: { exportFirst: true }')
  const month = (instant: string, days: number): string =>
    new Date(Date.parse(instant) + days * 86_400_000).toISOString().slice(0, 10)
  await run('erase', 'add', '--file', requestsFile(under, [['DSR-1', people[0]?.[0] ?? '']]))
  await run('erase', 'find', 'DSR-1', '--select', 'exact', '--operator', 'jane-1')
  const approve = async () => {
    const planned = (await run('erase', 'plan', 'DSR-1')).of('erase-planned') as unknown as { readonly digest: string }
    return await run('erase', 'approve', planned.digest, '--operator', 'jane-1')
  }
  const refused = await approve()
  expect([refused.code, refused.of('error')?.['code']]).toEqual([5, 'EXPORT_MISSING'])
  await run('archive', '--from', month(org.window.from, -40), '--to', month(org.window.to, 10))
  expect((await approve()).code).toBe(0)
})

test('many requests at once: those that name nobody and those of several people are told apart', async () => {
  const { under, run, people } = await start({ conversations: 120 })
  const rows = people.slice(0, 6).map(([email], index) => [`DSR-${index + 1}`, email] as const)
  const both = `${people[0]?.[0]};${people[1]?.[0]}`
  const file = requestsFile(under, [...rows, ['DSR-unknown', 'nobody.at.all@example.com'], ['DSR-both', both]])
  await run('erase', 'add', '--file', file)
  const found = await run('erase', 'find', '--select', 'exact', '--operator', 'jane-1')
  expect(found.of('erase-find')).toMatchObject({ requests: 8, selected: 7, refused: 1, exitCode: 5 })
  expect(found.of('erase-refused')).toMatchObject({ request: 'DSR-both', code: 'SELECT_AMBIGUOUS' })
  const planned = await run('erase', 'plan', '--all')
  const plans = planned.events.flatMap(({ type, plan }) => (type === 'erase-planned' ? [plan] : [])) as readonly {
    readonly request: string
    readonly calls: number
    readonly finishBy: string
  }[]
  expect(plans).toHaveLength(7)
  expect(plans.find(({ request }) => request === 'DSR-unknown')).toMatchObject({ targets: [], calls: 0 })
  const calls = plans.reduce((sum, plan) => sum + plan.calls, 0)
  expect(calls).toBeGreaterThan(9)
  // Nine an hour: what comes tenth waits.
  expect(
    plans
      .map(({ finishBy }) => finishBy)
      .sort()
      .at(-1),
  ).toMatch(/^2026-11-20T1[1-9]/)
})

test('what stands against every deletion shows in the plan', async () => {
  for (const [emulator, code] of [
    [{ switches: { conversationApi: false } }, 'api-off'],
    [{ deletion: { governmentCloud: true } }, 'government-cloud'],
  ] as const) {
    const { under, run, people } = await start(emulator)
    await run('erase', 'add', '--file', requestsFile(under, [['DSR-1', people[0]?.[0] ?? '']]))
    await run('erase', 'find', '--select', 'exact', '--operator', 'jane-1')
    const { plan } = (await run('erase', 'plan', 'DSR-1')).of('erase-planned') as unknown as {
      readonly plan: { readonly calls: number; readonly targets: readonly { readonly blockers: readonly object[] }[] }
    }
    expect(plan.calls).toBe(0)
    for (const { blockers } of plan.targets) expect(blockers).toContainEqual(expect.objectContaining({ code }))
  }
})

test('a person at a terminal chooses; exact matches are chosen to begin with', async () => {
  const { under, run, people } = await start()
  const [[email, own] = ['', []]] = people
  await run('erase', 'add', '--file', requestsFile(under, [['DSR-1', email]]))
  const asked: string[] = []
  const ask: AskWho = {
    async choose({ options, initial }) {
      asked.push(...initial)
      expect(options.map(({ hint }) => hint).join('')).toContain('exact: ')
      return initial.slice(0, 1)
    },
    operator: async () => 'jane-1',
  }
  let stdout = ''
  const output = { write: (text: string) => (stdout += text) }
  const context: CommandContext = {
    stdout: output,
    stderr: output,
    env: under.env,
    clock: systemClock,
    signal: new AbortController().signal,
    console: (talk) => createConsole(output, output, talk),
    observe: () => undefined,
    end: () => undefined,
  }
  await findPeople('DSR-1', { config: under.config }, context, async () => ask)
  expect(asked.sort()).toEqual(own.map(({ recordId }) => recordId).sort())
  expect(stdout).toContain('DSR-1: 1 record selected')
  for (const { name, phones } of own) for (const value of [name, ...phones]) expect(stdout).not.toContain(value)
  expect((await run('erase', 'plan', 'DSR-1')).of('erase-planned')).toMatchObject({ plan: { calls: 1 } })
})
