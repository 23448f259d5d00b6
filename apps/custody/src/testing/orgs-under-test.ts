import { mkdtempSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type EmulatorOptions, type Org, startEmulator } from '@custody/emulator'
import { type Clock, systemClock } from '@custody/pipeline'
import { runProgram } from '../program.ts'
import type { Ran } from './run-custody.ts'

/** An org of the configuration under test. */
export interface OrgSpec {
  readonly emulator?: EmulatorOptions
  /** More lines under the org, as YAML in braces: `schedule: { … }`. */
  readonly also?: string
}

export interface RunAt {
  /** What time it is for the command: it goes on from there as the machine's does. */
  readonly at: string
  /** By how much its clock is wrong by now, in milliseconds: one that somebody sets while the command runs. */
  readonly skewMs?: () => number
  readonly env?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
  readonly onStdout?: (text: string) => void
}

/** Several simulated orgs in this process, with one configuration. */
export interface OrgsUnderTest extends AsyncDisposable {
  readonly orgs: Readonly<Record<string, Org>>
  readonly folder: string
  readonly archives: string
  readonly state: string
  readonly config: string
  readonly env: Readonly<Record<string, string>>
  /** The command line, in this process. */
  run(args: readonly string[], options: RunAt): Promise<Ran>
}

/** Limits are scaled up so that no test waits for one. */
const limits = { entriesPerMinute: 60_000 }

/** @param more - further top-level lines of the configuration */
export async function startOrgsUnderTest(specs: Readonly<Record<string, OrgSpec>>, more = ''): Promise<OrgsUnderTest> {
  const started = await Promise.all(
    Object.entries(specs).map(async ([alias, { emulator }], index) => {
      const org = await startEmulator({ conversations: 6, longEntries: 30, seed: index + 1, ...emulator, limits })
      return [alias, org] as const
    }),
  )
  const orgs = Object.fromEntries(started)
  const folder = mkdtempSync(join(tmpdir(), 'custody-orgs-'))
  const [archives, state] = [join(folder, 'archives'), join(folder, 'state')]
  const config = join(folder, 'custody.config.yaml')
  const blocks = started.map(([alias, org]) => orgBlock(alias, org, specs[alias]?.also ?? ''))
  writeFileSync(
    config,
    `version: 1
orgs:
${blocks.join('')}archive: { directory: ${archives}, redaction: default, allowCounted: true }
state: { directory: ${state} }
${more}
`,
  )
  const env = Object.fromEntries(
    started.flatMap(([alias, { credentials }]) => [
      [variable(alias, 'ID'), credentials.clientId],
      [variable(alias, 'SECRET'), credentials.clientSecret],
      [variable(alias, 'KEY'), `the-same-key-in-every-test-of-this-project-${alias}`],
    ]),
  )
  return {
    orgs,
    folder,
    archives,
    state,
    config,
    env,
    async run(args, { at, skewMs = () => 0, env: changes = {}, signal = new AbortController().signal, onStdout }) {
      let [stdout, stderr] = ['', '']
      const code = await runProgram([...args, '--config', config], {
        stdout: {
          write(text) {
            stdout += text
            onStdout?.(text)
          },
        },
        stderr: { write: (text) => (stderr += text) },
        env: { ...env, ...changes },
        signal,
        clock: clockFrom(at, skewMs),
      })
      return { code, stdout, stderr }
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(started.map(([, org]) => org.close()))
      await rm(folder, { recursive: true })
    },
  }
}

/** What a variable of an org is called. */
export function variable(alias: string, what: 'ID' | 'SECRET' | 'KEY'): string {
  return `${alias.toUpperCase().replaceAll('-', '_')}_${what}`
}

function orgBlock(alias: string, org: Org, also: string): string {
  return `  ${alias}:
    loginUrl: ${org.url}
    auth:
      flow: client-credentials
      users:
        - { name: archive-1, clientId: { env: ${variable(alias, 'ID')} }, clientSecret: { env: ${variable(alias, 'SECRET')} } }
    archiveSecret: { env: ${variable(alias, 'KEY')} }
    data360: { api: v3 }
    limits: { entriesPerMinute: ${limits.entriesPerMinute}, activeConversations: 100000 }
${also === '' ? '' : `    ${also}\n`}`
}

function clockFrom(instant: string, skewMs: () => number): Clock {
  const ahead = Date.parse(instant) - Date.now()
  return { ...systemClock, now: () => Date.now() + ahead + skewMs() }
}
