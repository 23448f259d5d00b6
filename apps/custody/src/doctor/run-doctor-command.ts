import { existsSync } from 'node:fs'
import { usageError } from '@custody/pipeline'
import { chooseOrg } from '../archive-job/reading-job.ts'
import type { CommandContext } from '../command-context.ts'
import type { DoctorFlags } from '../commands/doctor.ts'
import { loadConfig } from '../config/load.ts'
import type { Config, OrgConfig } from '../config/schema.ts'
import type { Console } from '../console.ts'
import { type ExitCode, exitCodes } from '../exit-code.ts'
import { machineChecks } from './machine-checks.ts'
import { orgChecks } from './org-checks.ts'
import { type OrgUnderCheck, openOrgUnderCheck } from './org-under-check.ts'
import type { ProbeSummary } from './probe/run-probes.ts'
import { countByStatus, exitCodeOfFindings, type Reported, type RunChecksOptions, runChecks } from './run-checks.ts'

/** Runs `custody doctor`. Changes nothing, in the org or here; with `--probe` it writes one file. */
export async function runDoctorCommand(flags: DoctorFlags, context: CommandContext): Promise<ExitCode> {
  const console = context.console(flags)
  const config = loadConfig(flags.config)
  const out = flags.probe ? probeFile(flags, config, context.clock.now()) : assertNoProbe(flags)
  const chosen = flags.org !== undefined || flags.probe
  const orgs = chosen ? [chooseOrg(config, flags.org)] : Object.entries(config.orgs)
  const running: RunChecksOptions = {
    signal: context.signal,
    onFinding: reporter(console),
    onError: (error) => {
      if (flags.debug) for (let at = error; at instanceof Error; at = at.cause) console.warn(at.stack ?? at.name)
    },
  }
  const all: Reported[] = [...(await runChecks(machineChecks(config, orgs, context), running))]
  let probed: ProbeSummary | null = null
  for (const [alias, orgConfig] of orgs) {
    const org = openOrgUnderCheck(alias, orgConfig, context)
    try {
      all.push(...(await checkOrg(org, config, context, running)))
      if (out !== null) probed = await probe(org, out, flags, console)
    } finally {
      await org.close()
    }
  }
  return finish(all, probed, console)
}

function checkOrg(
  org: OrgUnderCheck,
  { state }: Config,
  { env }: CommandContext,
  running: RunChecksOptions,
): Promise<readonly Reported[]> {
  return runChecks(orgChecks(org, { stateDirectory: state.directory, env }), running)
}

/** What is assumed about Salesforce, tried out. Null where nobody can sign in, which is told already. */
async function probe(
  org: OrgUnderCheck,
  out: string,
  flags: DoctorFlags,
  console: Console,
): Promise<ProbeSummary | null> {
  const signedIn = await org.users[0].signIn().catch(() => null)
  if (signedIn === null) {
    console.warn(`Nothing was tried out: ${org.users[0].name} could not sign in.`)
    return null
  }
  const { runProbes } = await import('./probe/run-probes.ts')
  return await runProbes(org, signedIn, { console, conversation: flags.conversation ?? null, out })
}

/** Where the outcome goes; known to be free before anything is asked. @throws CustodyError `PROBE_OUT` of kind usage */
function probeFile(flags: DoctorFlags, config: Config, now: number): string {
  const [alias]: readonly [string, OrgConfig] = chooseOrg(config, flags.org)
  const at = new Date(now).toISOString().replace(/[-:]|\.\d+/g, '')
  const out = flags.probeOut ?? `custody-probe-${alias}-${at}.json`
  if (!existsSync(out)) return out
  throw usageError('PROBE_OUT', `${out} is there already.`, 'Name another file: --probe-out FILE')
}

function assertNoProbe({ conversation, probeOut }: DoctorFlags): null {
  const unused = conversation !== undefined ? '--conversation' : probeOut !== undefined ? '--probe-out' : null
  if (unused === null) return null
  throw usageError('OPTION_UNUSED', `${unused} has no meaning without --probe.`, 'Add --probe, or leave it out.')
}

function reporter(console: Console): RunChecksOptions['onFinding'] {
  let heading: string | null | undefined
  return ({ check, finding }) => {
    const { name, org } = check
    const { status, subject, code, message, actions } = finding
    console.event({ type: 'check', org, check: name, subject, status, code, message, actions })
    if (org !== heading) console.data(org ?? 'this machine')
    heading = org
    const label = subject === null ? name : `${name} ${subject}`
    console.data(`  ${status.padEnd(7)}  ${label.padEnd(34)}  ${message}${code === null ? '' : ` [${code}]`}`)
    for (const action of actions) console.data(`             → ${action}`)
  }
}

function finish(all: readonly Reported[], probed: ProbeSummary | null, console: Console): ExitCode {
  const counts = countByStatus(all)
  const ofChecks = exitCodeOfFindings(all.map(({ finding }) => finding))
  const exitCode = ofChecks === exitCodes.done && probed?.isSilentlyWrong ? exitCodes.findings : ofChecks
  console.event({ type: 'doctor-end', ...counts, probed, exitCode })
  const { ok, warn, fail, skipped } = counts
  console.talk(
    `${ok} ok, ${warn} to look at, ${fail} failed, ${skipped} not looked at. What each line means: docs/doctor.md`,
  )
  return exitCode
}
