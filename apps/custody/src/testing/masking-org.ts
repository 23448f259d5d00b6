import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import type { EmulatorOptions } from '@custody/emulator'
import type { ErasureStore } from '@custody/erasure'
import { loadConfig } from '../config/load.ts'
import { openOrgErasures } from '../erasing/org-erasures.ts'
import { runProgram } from '../program.ts'
import { type LeapingClock, leapingClock } from './leaping-clock.ts'
import { type OrgUnderTest, startOrgUnderTest } from './org-under-test.ts'
import type { Ran } from './run-custody.ts'

/** The record of a person, and every conversation of theirs. */
interface Person {
  readonly id: string
  readonly conversations: readonly string[]
  readonly values: readonly string[]
}

/** An org with a request about a person whose messages repeat what is known of them, and the command line in this process. */
export interface Masking extends AsyncDisposable {
  readonly under: OrgUnderTest
  readonly clock: LeapingClock
  readonly person: Person
  /** All of whom it is so, that person first. */
  readonly people: readonly Person[]
  run(args: readonly string[], signal?: AbortSignal): Promise<Ran>
  store(): Promise<ErasureStore>
  /** A request about another one of them, decided. */
  ask(reference: string, person: Person): Promise<void>
  /** Plans by a policy, and approves that. */
  planned(reference: string, policy?: string): Promise<void>
  approve(reference: string): Promise<Ran>
}

/** Starts it with the request `R-1`, decided. */
export async function startMasking(
  emulator: EmulatorOptions = {},
  clock: LeapingClock = leapingClock(),
): Promise<Masking> {
  const under = await startOrgUnderTest({ conversations: 24, longEntries: 30, clock, ...emulator })
  appendFileSync(under.config, `state: { directory: ${join(under.folder, 'state')} }\n`)
  const run = async (args: readonly string[], signal: AbortSignal = new AbortController().signal): Promise<Ran> => {
    let [stdout, stderr] = ['', '']
    const code = await runProgram([...args, '--config', under.config], {
      stdout: { write: (text) => (stdout += text) },
      stderr: { write: (text) => (stderr += text) },
      env: { ...under.env },
      signal,
      clock,
    })
    return { code, stdout, stderr }
  }
  const people = talkative(under)
  const [person] = people
  for (const { recordId } of under.org.truth.endUsers()) under.org.setSessions(recordId, 'ended')
  if (person === undefined) throw new Error('nobody says who they are')
  const ask = async (reference: string, { id }: Person): Promise<void> => {
    await run(['erase', 'add', '--reference', reference, '--received', '2026-11-20', '--end-user', id])
    await run(['erase', 'find', reference, '--select', 'exact', '--operator', 'dpo'])
  }
  await ask('R-1', person)
  const store = (): Promise<ErasureStore> =>
    openOrgErasures(loadConfig(under.config), 'shop', { env: { ...under.env }, clock })
  const masking: Masking = {
    under,
    clock,
    person,
    people,
    ask,
    run,
    store,
    async planned(reference, policy = 'default') {
      const planned = await run(['erase', 'mask', 'plan', reference, '--policy', policy])
      if (planned.code !== 0) throw new Error(planned.stderr)
      const approved = await masking.approve(reference)
      if (approved.code !== 0) throw new Error(approved.stderr)
    },
    async approve(reference) {
      await using reading = await store()
      const digest = (await reading.plan(reference))?.digest ?? ''
      return await run(['erase', 'mask', 'approve', digest, '--operator', 'dpo'])
    },
    [Symbol.asyncDispose]: () => under[Symbol.asyncDispose](),
  }
  return masking
}

/** Those whose messages repeat what is known of them. */
function talkative({ org }: OrgUnderTest): readonly Person[] {
  const mentioned = Map.groupBy(org.truth.mentions(), ({ conversationIdentifier }) => conversationIdentifier)
  return [...org.truth.endUsers()]
    .filter(({ conversations }) => conversations.some((id) => mentioned.has(id)))
    .map(({ recordId: id, name, phones, emails, conversations }) => ({
      id,
      conversations,
      values: [name, ...phones, ...emails],
    }))
}
