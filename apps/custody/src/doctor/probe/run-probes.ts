import { writeFile } from 'node:fs/promises'
import { CustodyError, usageError } from '@custody/pipeline'
import type { Console } from '../../console.ts'
import { version } from '../../version.ts'
import type { OrgUnderCheck, SignedIn } from '../org-under-check.ts'
import { contentProbes } from './content-probes.ts'
import { data360Probes } from './data360-probes.ts'
import { entriesProbes } from './entries-probes.ts'
import { platformProbes } from './platform-probes.ts'
import { notTold, type Probe, type ProbeOutcome } from './probe.ts'
import { createProbedOrg, NoConversation, type ProbedOrg } from './probed-org.ts'
import { witnessProbes } from './witness-probes.ts'

/** All probes, in the order in which they are run. */
export const probes: readonly Probe[] = [
  ...platformProbes,
  ...entriesProbes,
  ...contentProbes,
  ...witnessProbes,
  ...data360Probes,
]

export interface RunProbesOptions {
  readonly console: Console
  /** The conversation to read, by its identifier; null to choose one. */
  readonly conversation: string | null
  readonly out: string
}

export interface ProbeSummary {
  readonly holds: number
  readonly doesNotHold: number
  readonly notTold: number
  /** Whether an assumption does not hold whose failing nothing else would show. */
  readonly isSilentlyWrong: boolean
  readonly out: string
}

/** Runs all probes on one org and writes what it really does, as figures, into a file. @throws CustodyError `PROBE_OUT` (usage) */
export async function runProbes(
  org: OrgUnderCheck,
  signedIn: SignedIn,
  { console, conversation, out }: RunProbesOptions,
): Promise<ProbeSummary> {
  announce(org, console)
  const probed = createProbedOrg(org, signedIn, conversation)
  const outcomes: ProbeLine[] = []
  for (const probe of probes) {
    org.signal.throwIfAborted()
    const line = { ...factsOf(probe), ...(await outcomeOf(probe, probed)) }
    outcomes.push(line)
    console.event({ type: 'probe', org: org.alias, ...line })
    console.data(`  ${words[line.verdict].padEnd(17)}  ${line.section}: ${probe.assumption}${said(line)}`)
  }
  await keep(out, org, probed, outcomes)
  const summary = summaryOf(outcomes, out)
  console.talk(`${probed.calls} requests. What the org really does stands in ${out}: figures, no texts, no ids.`)
  const { holds, doesNotHold, notTold: untold } = summary
  console.talk(`${holds} hold, ${doesNotHold} do not, ${untold} could not be told. See docs/assumptions.md`)
  return summary
}

type ProbeLine = ReturnType<typeof factsOf> & ProbeOutcome

function factsOf({ name, section, assumption, isSilent }: Probe) {
  return { probe: name, section, assumption, isSilent }
}

const words = { holds: 'holds', 'does-not-hold': 'does not hold', 'not-told': 'could not be told' } as const

function said({ verdict, isSilent, observed }: ProbeLine): string {
  if (verdict === 'not-told') return ` (${String(observed['why'])})`
  return verdict === 'does-not-hold' && isSilent ? ' ⚠ nothing else would show it' : ''
}

/** What is going to be asked, before it is. */
function announce(org: OrgUnderCheck, console: Console): void {
  const calls = probes.reduce((sum, probe) => sum + probe.calls, 0)
  console.talk(
    `Trying out ${probes.length} assumptions at ${org.alias}: at most ${calls} requests, all of them reading.`,
  )
  for (const { name, section, calls: own } of probes) {
    if (own > 0)
      console.talk(`  ${String(own).padStart(2)} ${own === 1 ? 'request ' : 'requests'}  ${section}: ${name}`)
  }
  console.talk('One conversation is read; that keeps it active for 30 minutes. Prefer a sandbox.')
}

async function outcomeOf(probe: Probe, probed: ProbedOrg): Promise<ProbeOutcome> {
  try {
    return await probe.run(probed)
  } catch (error) {
    probed.org.signal.throwIfAborted()
    if (error instanceof NoConversation) return notTold('the org shows no conversation to read')
    // Only a code of ours: what anything else says may quote an answer.
    return notTold(CustodyError.isInstance(error) ? error.code : 'UNEXPECTED')
  }
}

async function keep(out: string, org: OrgUnderCheck, probed: ProbedOrg, outcomes: readonly ProbeLine[]): Promise<void> {
  const document = {
    v: 1,
    tool: `custody/${version}`,
    org: org.alias,
    at: new Date(org.clock.now()).toISOString(),
    apiVersion: org.config.apiVersion,
    requests: probed.calls,
    assumptions: outcomes,
  }
  try {
    await writeFile(out, `${JSON.stringify(document, null, 2)}\n`, { flag: 'wx' })
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown'
    throw usageError('PROBE_OUT', `${out} cannot be written (${code}).`, 'Name another file: --probe-out FILE')
  }
}

function summaryOf(outcomes: readonly ProbeLine[], out: string): ProbeSummary {
  const count = (verdict: ProbeOutcome['verdict']): number => outcomes.filter((line) => line.verdict === verdict).length
  return {
    holds: count('holds'),
    doesNotHold: count('does-not-hold'),
    notTold: count('not-told'),
    isSilentlyWrong: outcomes.some(({ verdict, isSilent }) => verdict === 'does-not-hold' && isSilent),
    out,
  }
}
