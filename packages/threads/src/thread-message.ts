import { CustodyError, type ErrorKind } from '@custody/pipeline'

/** How a thread is started. */
export interface ThreadStart {
  /** Address of the module of work. */
  readonly module: string
  readonly data: unknown
}

/** What a thread says of the task it was given first of those it has not answered. */
export type ThreadMessage<Answer> = { readonly answer: Answer } | { readonly failure: Failure }

/** An error as it goes from one thread to another: its class does not go along. */
export type Failure =
  | {
      readonly custody: {
        code: string
        kind: ErrorKind
        message: string
        retryable: boolean
        actions: readonly string[]
      }
    }
  | { readonly error: unknown }

export function failureOf(error: unknown): Failure {
  if (!CustodyError.isInstance(error)) return { error }
  const { code, kind, message, retryable, actions } = error
  return { custody: { code, kind, message, retryable, actions } }
}

export function errorOf(failure: Failure): unknown {
  if ('error' in failure) return failure.error
  const { code, message, ...options } = failure.custody
  return new CustodyError(code, message, options)
}
