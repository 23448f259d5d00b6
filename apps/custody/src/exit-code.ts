import { CustodyError, type ErrorKind } from '@custody/pipeline'

/** What the process ends with. Codes never change meaning; they are printed in every `--help`. */
export const exitCodes = {
  done: 0,
  failed: 1,
  usage: 2,
  incomplete: 3,
  findings: 4,
  refused: 5,
  signIn: 6,
  pending: 7,
  notFound: 10,
  locked: 11,
  interrupted: 130,
} as const

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

const byKind: Record<ErrorKind, ExitCode> = {
  usage: exitCodes.usage,
  'sign-in': exitCodes.signIn,
  refused: exitCodes.refused,
  'not-found': exitCodes.notFound,
  failure: exitCodes.failed,
}

const locks: ReadonlySet<string> = new Set(['AUDIT_LOG_LOCKED', 'JOURNAL_LOCKED', 'LEDGER_LOCKED'])

/** The exit code of a failed command. Anything that is none of our errors counts as failed. */
export function exitCodeOf(error: unknown): ExitCode {
  if (!CustodyError.isInstance(error)) return exitCodes.failed
  if (error.code === 'INTERRUPTED') return exitCodes.interrupted
  if (locks.has(error.code)) return exitCodes.locked
  return byKind[error.kind]
}

/** The table at the end of each help page. */
export const exitCodeHelp = `
Exit codes:
  0    done, and every check asked for passed
  1    failed; nothing usable was added
  2    wrong usage or configuration; nothing was requested
  3    incomplete, or not proven complete: the archive is written and says what is missing or rests on one source
  4    findings: verify or reconcile ran well and found differences; status: something is overdue
  5    refused by a rule
  6    sign-in or permission
  7    still pending at Salesforce
  10   no archive here
  11   locked by another run
  130  interrupted; safe to run again`
