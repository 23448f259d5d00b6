/**
 * What sort of failure an error is, and so what a caller can do about it. The command line gives each kind its exit code.
 *
 * - `usage`: a wrong option or configuration; thrown before anything is requested or written.
 * - `sign-in`: credentials or permissions.
 * - `refused`: a rule stands in the way (a hold, a missing approval, a spent budget).
 * - `not-found`: what was to be read is not there.
 * - `failure`: everything else.
 */
export type ErrorKind = 'usage' | 'sign-in' | 'refused' | 'not-found' | 'failure'

/** What an error says beside its code and message. */
export interface CustodyErrorOptions {
  /** @defaultValue `'failure'` */
  readonly kind?: ErrorKind
  /** The error underneath. It is kept for `--debug`; its message is not repeated, since it may hold content. */
  readonly cause?: unknown
  /** Whether the same call may succeed later without any change. @defaultValue `false` */
  readonly retryable?: boolean
  /** What the person can do now, one imperative sentence each. */
  readonly actions?: readonly string[]
}

// Two copies of this package may meet in one process; `Symbol.for` is shared by both, `instanceof` is not.
const marker = Symbol.for('custody.error')

/**
 * The one error class of Custody. A `code` names the failure for good (it never changes meaning), the message says what
 * happened and where, `actions` say what to do.
 *
 * Neither message nor actions ever carry message text, names, tokens or a response body.
 */
export class CustodyError<Code extends string = string> extends Error {
  override readonly name = 'CustodyError'
  readonly code: Code
  readonly kind: ErrorKind
  readonly retryable: boolean
  readonly actions: readonly string[]

  constructor(code: Code, message: string, options: CustodyErrorOptions = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined)
    Object.defineProperty(this, marker, { value: true })
    this.code = code
    this.kind = options.kind ?? 'failure'
    this.retryable = options.retryable ?? false
    this.actions = options.actions ?? []
  }

  /** Like `instanceof`, but true across copies of this package. */
  static isInstance(error: unknown): error is CustodyError {
    return typeof error === 'object' && error !== null && Reflect.get(error, marker) === true
  }
}

/** A wrong option or configuration: thrown at construction, before any request or write. */
export function usageError<Code extends string>(
  code: Code,
  message: string,
  ...actions: readonly string[]
): CustodyError<Code> {
  return new CustodyError(code, message, { kind: 'usage', actions })
}
