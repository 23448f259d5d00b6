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

/** An org with a request about a person whose messages repeat what is known of them, and the command line in this process. */
export interface Masking extends AsyncDisposable {
  readonly under: OrgUnderTest
  readonly clock: LeapingClock
  /** The person's record, and every conversation of theirs. */
  readonly person: {
    readonly id: string
    readonly conversations: readonly string[]
    readonly values: readonly string[]
  }
  run(args: readonly string[], signal?: AbortSignal): Promise<Ran>
  store(): Promise<ErasureStore>
  /** Plans by a policy, and approves that. */
  planned(reference: string, policy?: string): Promise<void>
  approve(reference: string): Promise<Ran>
}

/** Starts it with the request `R-1`, decided. */
export async function startMasking(emulator: EmulatorOptions = {}): Promise<Masking> {
  const clock = leapingClock()
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
  const person = talkative(under)
  for (const { recordId } of under.org.truth.endUsers()) under.org.setSessions(recordId, 'ended')
  const asked = ['--reference', 'R-1', '--received', '2026-11-20', '--end-user', person.id]
  await run(['erase', 'add', ...asked])
  await run(['erase', 'find', 'R-1', '--select', 'exact', '--operator', 'dpo'])
  const store = (): Promise<ErasureStore> =>
    openOrgErasures(loadConfig(under.config), 'shop', { env: { ...under.env }, clock })
  const masking: Masking = {
    under,
    clock,
    person,
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

/** Somebody whose messages repeat what is known of them. */
function talkative({ org }: OrgUnderTest): Masking['person'] {
  const mentioned = Map.groupBy(org.truth.mentions(), ({ conversationIdentifier }) => conversationIdentifier)
  for (const { recordId, name, phones, emails, conversations } of org.truth.endUsers()) {
    if (conversations.some((id) => mentioned.has(id))) {
      return { id: recordId, conversations, values: [name, ...phones, ...emails] }
    }
  }
  throw new Error('nobody says who they are')
}
