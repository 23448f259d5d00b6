import { type ExitCode, exitCodes } from '../exit-code.ts'
import { type Finding, type FindingStatus, failureOf, skipped } from './finding.ts'

/** Something that is looked at. Independent of all others: what it builds on and lacks, it says. */
export interface Check {
  /** Stands in front of its lines, and in docs/doctor.md. */
  readonly name: string
  /** The alias of the org it is about; null for the machine and the configuration. */
  readonly org: string | null
  /** What its findings are about, unless they say otherwise. @defaultValue null */
  readonly subject?: string
  run(): Promise<Finding | readonly Finding[]>
}

/** A finding and where it comes from. */
export interface Reported {
  readonly check: Check
  readonly finding: Finding
}

export interface RunChecksOptions {
  readonly signal: AbortSignal
  readonly onFinding: (reported: Reported) => void
  /** Called with what a check threw, for --debug. */
  readonly onError?: (error: unknown) => void
}

/**
 * Runs all checks, one after the other; what one throws is its finding and hides no other.
 *
 * @throws only the signal's reason
 */
export async function runChecks(
  checks: readonly Check[],
  { signal, onFinding, onError }: RunChecksOptions,
): Promise<readonly Reported[]> {
  const all: Reported[] = []
  for (const check of checks) {
    signal.throwIfAborted()
    for (const found of await findingsOf(check, signal, onError)) {
      const finding = { ...found, subject: found.subject ?? check.subject ?? null }
      const reported = { check, finding }
      all.push(reported)
      onFinding(reported)
    }
  }
  return all
}

async function findingsOf(
  check: Check,
  signal: AbortSignal,
  onError?: (error: unknown) => void,
): Promise<readonly Finding[]> {
  try {
    const found = await check.run()
    return 'status' in found ? [found] : found
  } catch (error) {
    signal.throwIfAborted()
    onError?.(error)
    return [failureOf(error)]
  }
}

/** A finding that builds on something another check reports about: left out, and said so, where that is not to be had. */
export async function building<T>(
  on: Promise<T>,
  what: string,
  look: (value: T) => Finding | readonly Finding[] | Promise<Finding | readonly Finding[]>,
): Promise<Finding | readonly Finding[]> {
  const there = await on.then(
    (value) => ({ value }),
    () => null,
  )
  return there === null ? skipped(`not looked at: ${what}`) : await look(there.value)
}

export function countByStatus(all: readonly Reported[]): Readonly<Record<FindingStatus, number>> {
  const counts = { ok: 0, warn: 0, fail: 0, skipped: 0 }
  for (const { finding } of all) counts[finding.status] += 1
  return counts
}

/** 0 without a failure; 6 where sign-in or a permission failed, since much else follows from that; otherwise 4. */
export function exitCodeOfFindings(findings: readonly Finding[]): ExitCode {
  const failed = findings.filter(({ status }) => status === 'fail')
  if (failed.length === 0) return exitCodes.done
  return failed.some(({ isSignIn }) => isSignIn) ? exitCodes.signIn : exitCodes.findings
}
