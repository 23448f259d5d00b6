import { appendFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { EmulatorOptions } from '@custody/emulator'
import type { ErasureStore, Target } from '@custody/erasure'
import type { Clock } from '@custody/pipeline'
import { loadConfig } from '../config/load.ts'
import { openOrgErasures } from '../erasing/org-erasures.ts'
import { runProgram } from '../program.ts'
import { type OrgUnderTest, startOrgUnderTest } from './org-under-test.ts'
import type { Ran } from './run-custody.ts'

/** How many requests of each sort are in the file. */
export interface Mix {
  readonly plain: number
  readonly open: number
  readonly held: number
  readonly restricted: number
  readonly unknown: number
  readonly duplicates: number
}

/** A request as it stands in the file. */
export interface Asked {
  readonly reference: string
  readonly ids: readonly string[]
  /** What has to become of each id. */
  readonly becomes: readonly (readonly [outcome: string, ground: string | null])[]
}

/** The records of one person, one for each channel, none with an open session. */
function peopleOf({ org }: OrgUnderTest): readonly (readonly string[])[] {
  const people = new Map<string, string[]>()
  for (const { recordId, emails, name, phones } of org.truth.endUsers()) {
    org.setSessions(recordId, 'ended')
    const key = emails[0] ?? `${name} ${phones[0] ?? recordId}`
    people.set(key, [...(people.get(key) ?? []), recordId])
  }
  return [...people.values()]
}

/** Takes people from the org for each sort of request, and has the org and the holds be as the sort says. */
async function asking(
  under: OrgUnderTest,
  mix: Mix,
  run: (args: readonly string[]) => Promise<Ran>,
): Promise<readonly Asked[]> {
  const people = peopleOf(under).values()
  const asked: Asked[] = []
  const add = (sort: string, first: readonly [string, string | null] | null): readonly string[] => {
    const ids = people.next().value
    if (ids === undefined) throw new Error('the org has too few people')
    const becomes = ids.map((_, index) => (index === 0 && first !== null ? first : (['erased', null] as const)))
    asked.push({ reference: `${sort}-${asked.length}`, ids, becomes })
    return ids
  }
  for (let n = 0; n < mix.plain; n++) add('plain', null)
  for (let n = 0; n < mix.open; n++) {
    const [id] = add('open', ['withheld', 'open-session'])
    if (id !== undefined) under.org.setSessions(id, 'open')
  }
  for (let n = 0; n < mix.held; n++) {
    const [id = ''] = add('held', ['withheld', 'hold'])
    const held = await run(['hold', 'add', `H-${n}`, '--matter', 'M-1', '--end-user', id, '--operator', 'counsel'])
    if (held.code !== 0) throw new Error(held.stderr)
  }
  const restricted: string[] = []
  for (let n = 0; n < mix.restricted; n++)
    restricted.push(add('restricted', ['withheld', 'restricted-children'])[0] ?? '')
  under.org.deletion.set({ restricted })
  for (let n = 0; n < mix.unknown; n++) {
    const id = `0PA0000000${String(n).padStart(5, '9')}AAA`
    asked.push({ reference: `unknown-${n}`, ids: [id], becomes: [['no-match', 'not-found']] })
  }
  for (let n = 0; n < mix.duplicates; n++) asked.push({ ...(asked[n] as Asked), reference: `duplicate-${n}` })
  return asked
}

/** An org with approved requests, and the command line in this process. */
export interface Erasing extends AsyncDisposable {
  readonly under: OrgUnderTest
  readonly asked: readonly Asked[]
  run(args: readonly string[]): Promise<Ran>
  store(): Promise<ErasureStore>
  targets(): Promise<readonly Target[]>
}

/** An org with requests from a file, planned and approved, that goes by the given clock. */
export async function startErasing(mix: Mix, clock: Clock, emulator: EmulatorOptions = {}): Promise<Erasing> {
  const under = await startOrgUnderTest({ longEntries: 30, world: { everyChannel: true }, clock, ...emulator })
  appendFileSync(under.config, `state: { directory: ${join(under.folder, 'state')} }\n`)
  const run = async (args: readonly string[]): Promise<Ran> => {
    let [stdout, stderr] = ['', '']
    const code = await runProgram([...args, '--config', under.config], {
      stdout: { write: (text) => (stdout += text) },
      stderr: { write: (text) => (stderr += text) },
      env: { ...under.env },
      signal: new AbortController().signal,
      clock,
    })
    return { code, stdout, stderr }
  }
  const asked = await asking(under, mix, run)
  const file = join(under.folder, 'requests.csv')
  const rows = asked.map(({ reference, ids }) => `${reference},${ids.join(';')},2026-11-20`)
  writeFileSync(file, ['reference,end_user_ids,received', ...rows, ''].join('\n'))
  const added = await run(['erase', 'add', '--file', file])
  if (added.code !== 0) throw new Error(added.stderr)

  const open = (): Promise<ErasureStore> => openOrgErasures(loadConfig(under.config), 'shop', { env: under.env, clock })
  for (const args of [
    ['find', '--select', 'exact', '--operator', 'dpo'],
    ['plan', '--all'],
  ]) {
    const decided = await run(['erase', ...args])
    if (decided.code !== 0 && decided.code !== 4) throw new Error(`${args[0]}: ${decided.code} ${decided.stderr}`)
  }
  for (const { reference } of asked) {
    await using store = await open()
    const digest = (await store.plan(reference))?.digest ?? ''
    const approved = await run(['erase', 'approve', digest, '--operator', 'dpo'])
    if (approved.code !== 0) throw new Error(approved.stderr)
  }
  return {
    under,
    asked,
    run,
    store: open,
    async targets() {
      await using reading = await open()
      return await reading.targets()
    },
    [Symbol.asyncDispose]: () => under[Symbol.asyncDispose](),
  }
}

/** How targets stand, to be compared with {@link expectedOf}. */
export const outcomesOf = (targets: readonly Target[]): readonly string[] =>
  targets.map(({ request, id, outcome, ground }) => `${request} ${id} ${outcome} ${ground}`).sort()

export const expectedOf = (asked: readonly Asked[]): readonly string[] =>
  asked
    .flatMap(({ reference, ids, becomes }) =>
      ids.map((id, n) => `${reference} ${id} ${becomes[n]?.[0]} ${becomes[n]?.[1]}`),
    )
    .sort()
