import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { EmulatorOptions, Org } from '@custody/emulator'

/** A simulated org in a process of its own: nothing that the test does holds it up. */
export interface EmulatorProcess
  extends Pick<Org, 'url' | 'allCredentials' | 'window' | 'close'>,
    Pick<OrgFacts, 'names'> {
  /** What was asked of it so far. */
  book(): Promise<OrgBook>
}

interface OrgFacts {
  /** Of everybody who wrote. */
  readonly names: readonly string[]
}

export type OrgBook = Pick<Org, 'calls' | 'callsByUser' | 'activeConversations'>

const code = `
  import { createInterface } from 'node:readline'
  import { startEmulator } from '@custody/emulator'
  const org = await startEmulator(JSON.parse(process.env.EMULATOR_OPTIONS))
  const { url, allCredentials, window } = org
  const names = [...org.truth.endUsers()].map(({ name }) => name)
  console.log(JSON.stringify({ url, allCredentials, window, names }))
  for await (const _ of createInterface({ input: process.stdin })) {
    const { calls, callsByUser, activeConversations } = org
    console.log(JSON.stringify({ calls, callsByUser, activeConversations }))
  }
  await org.close()`

export async function startEmulatorProcess(options: EmulatorOptions): Promise<EmulatorProcess> {
  const child = spawn(process.execPath, ['--conditions=@custody/source', '--input-type=module', '-e', code], {
    cwd: new URL('.', import.meta.url),
    env: { ...process.env, EMULATOR_OPTIONS: JSON.stringify(options) },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const next = async <T>(): Promise<T> => JSON.parse((await lines.next()).value ?? '{}')
  const facts = await next<Pick<Org, 'url' | 'allCredentials' | 'window'> & OrgFacts>()
  return {
    ...facts,
    async book() {
      child.stdin.write('\n')
      return await next<OrgBook>()
    },
    async close() {
      const ended = once(child, 'close')
      child.stdin.end()
      await ended
    },
  }
}
