import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { EmulatorOptions } from '@custody/emulator'
import { runProgram } from '../program.ts'
import { type OrgUnderTest, startOrgUnderTest } from './org-under-test.ts'

/** An event of the doctor, as a program reads it. */
export interface DoctorEvent {
  readonly type: string
  readonly org: string | null
  readonly check: string
  readonly subject: string | null
  readonly status: string
  readonly code: string | null
  readonly message: string
  readonly actions: readonly string[]
  readonly [key: string]: unknown
}

export interface DoctorRun {
  readonly code: number
  readonly events: readonly DoctorEvent[]
  /** Events of one check. */
  of(check: string): readonly DoctorEvent[]
  /** Codes of all that is not well, in order. */
  readonly codes: readonly string[]
  /** Everything printed. */
  readonly printed: string
}

export interface DoctorTestOptions {
  readonly emulator?: EmulatorOptions
  /** Changes the text of the configuration. */
  readonly config?: (text: string, under: OrgUnderTest) => string
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly flags?: (under: OrgUnderTest) => readonly string[]
  /** Between start and run. */
  readonly before?: (under: OrgUnderTest) => void | Promise<void>
  /** After the run, while the org is there. */
  readonly after?: (under: OrgUnderTest, ran: DoctorRun) => void | Promise<void>
  readonly signal?: AbortSignal
}

/** `custody doctor --json` in this process, against an org of its own. Allowed figures, so that a healthy org gives no warning. */
export async function runDoctor(options: DoctorTestOptions = {}): Promise<DoctorRun> {
  await using under = await startOrgUnderTest({ conversations: 12, longEntries: 40, ...options.emulator }, 85)
  const text = `${readFileSync(under.config, 'utf8').replace('activeConversations: 100000, orgActiveConversations: 1000000', 'activeConversations: 2500')}state: { directory: ${join(under.folder, 'state')} }\n`
  writeFileSync(under.config, options.config?.(text, under) ?? text)
  await options.before?.(under)
  const flags = ['--config', under.config, '--json', ...(options.flags?.(under) ?? [])]
  const ran = await doctor(flags, { ...process.env, ...under.env, ...options.env }, options.signal)
  await options.after?.(under, ran)
  return ran
}

async function doctor(
  flags: readonly string[],
  env: NodeJS.ProcessEnv,
  signal: AbortSignal = new AbortController().signal,
): Promise<DoctorRun> {
  let stdout = ''
  let stderr = ''
  const code = await runProgram(['doctor', ...flags], {
    stdout: { write: (part) => (stdout += part) },
    stderr: { write: (part) => (stderr += part) },
    env,
    signal,
  })
  const events = stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as DoctorEvent)
  const ofChecks = events.filter(({ type }) => type === 'check')
  return {
    code,
    events,
    of: (check) => ofChecks.filter((event) => event.check === check),
    codes: ofChecks.filter(({ status }) => status !== 'ok' && status !== 'skipped').map((event) => event.code ?? ''),
    printed: stdout + stderr,
  }
}
