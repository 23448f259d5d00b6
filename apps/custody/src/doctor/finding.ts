import { CustodyError } from '@custody/pipeline'

/**
 * - `ok`: as it should be.
 * - `warn`: works, and may one day cost time, safety or completeness.
 * - `fail`: archiving will not work, or not safely.
 * - `skipped`: not looked at; the message says why.
 */
export type FindingStatus = 'ok' | 'warn' | 'fail' | 'skipped'

/** One line of the doctor. Holds names of the configuration, hosts, figures; never a secret, a record, a person. */
export interface Finding {
  readonly status: FindingStatus
  /** What it is about, where a check looks at several: an execution user, an object, a directory. */
  readonly subject: string | null
  /** Names what was found, for programs and docs/doctor.md. Null where all is well, or nothing was looked at. */
  readonly code: string | null
  readonly message: string
  /** What to do, one imperative sentence each. */
  readonly actions: readonly string[]
  /** Whether it is about credentials or permissions. */
  readonly isSignIn: boolean
}

const nothing = { subject: null, code: null, actions: [], isSignIn: false } as const

export function ok(message: string): Finding {
  return { ...nothing, status: 'ok', message }
}

export function skipped(message: string): Finding {
  return { ...nothing, status: 'skipped', message }
}

export function warn(code: string, message: string, ...actions: readonly string[]): Finding {
  return { ...nothing, status: 'warn', code, message, actions }
}

export function fail(code: string, message: string, ...actions: readonly string[]): Finding {
  return { ...nothing, status: 'fail', code, message, actions }
}

/** A failure of sign-in or permissions. */
export function denied(code: string, message: string, ...actions: readonly string[]): Finding {
  return { ...fail(code, message, ...actions), isSignIn: true }
}

/** The finding about one of several subjects. */
export function about(subject: string, finding: Finding): Finding {
  return { ...finding, subject }
}

/** What went wrong where nobody expected it. Only our own errors may speak: others may quote anything. */
export function failureOf(error: unknown): Finding {
  if (!CustodyError.isInstance(error)) {
    return fail(
      'UNEXPECTED',
      'Something went wrong that Custody does not know.',
      'Run the same command with --debug and report what it prints.',
    )
  }
  const { code, message, actions, kind } = error
  return { ...nothing, status: 'fail', code, message, actions, isSignIn: kind === 'sign-in' }
}
