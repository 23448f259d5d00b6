import { HttpStatusError } from '@custody/http'
import { CustodyError } from '@custody/pipeline'
import { isPageMalformed } from './wire-shapes.ts'

/** Why one conversation could not be had. Names no content. */
export interface Failure {
  readonly code: string
  readonly message: string
  /** The error underneath, when a request failed. */
  readonly cause?: CustodyError
}

/**
 * Tells a failure that is this conversation's own from one of the world around it; the latter is thrown on. A 404 that
 * arrives here has outlived a renewal of the token.
 */
export function toFailure(error: unknown): Failure {
  if (!CustodyError.isInstance(error)) throw error
  const cause = error
  const answer = error instanceof HttpStatusError ? error : null
  const status = answer?.status ?? null
  if (status === 403 && error.kind === 'sign-in') {
    return { code: 'ENTRIES_FORBIDDEN', message: 'The execution user may not read its entries (HTTP 403).', cause }
  }
  // Without a token nothing can be had, and the limit of the day is not this conversation's.
  if (status === 401 || status === 403 || error.kind === 'sign-in') throw error
  if (answer?.allowance === 'day') throw error
  // Of a limit or a budget that ends the run, the run has to hear.
  if (error.retryable && /^(HTTP|AUTH)_/.test(error.code)) {
    return { code: 'ENTRIES_UNAVAILABLE', message: 'Its entries could not be had, also not when asked again.', cause }
  }
  // Connect REST names it so, whatever the status.
  if (status === 404 || answer?.errorCode === 'RECORD_NOT_FOUND') {
    return {
      code: 'ENTRIES_NOT_FOUND',
      message: `The org knows no entries by this identifier (HTTP ${status}).`,
      cause,
    }
  }
  if (status !== null && status >= 400 && status < 500) {
    return { code: 'ENTRIES_REFUSED', message: `The org refused to give its entries (HTTP ${status}).`, cause }
  }
  if (error.code === 'HTTP_BODY_TOO_LARGE') {
    return { code: 'ENTRIES_PAGE_TOO_LARGE', message: 'A page of its entries is larger than may be read.', cause }
  }
  if (isPageMalformed(error)) {
    const message = 'An answer for it was no page of entries, also when asked again.'
    return { code: 'ENTRIES_PAGE_MALFORMED', message, cause }
  }
  throw error
}

/** Whether a page was refused for its token, as far as that can be told: the way from the start may still be open. */
export function mayBeOfItsToken({ code, cause }: Failure): boolean {
  if (code === 'ENTRIES_PAGE_LOOP') return true
  return cause instanceof HttpStatusError && !cause.retryable && cause.status >= 400 && cause.status < 500
}

/** Codes that stand for the whole org when conversation after conversation has them. */
const systemic: readonly string[] = ['ENTRIES_UNAVAILABLE', 'ENTRIES_FORBIDDEN', 'ENTRIES_PAGE_MALFORMED']

/** Conversations in a row with such a code: going on would only write gaps. */
const maxInARow = 5

/** Conversations that were refused before the first one was given: then something is wrong with all of them. */
const maxRefusedAtStart = 25

/** Tells when failures of single conversations add up to a failure of the run. */
export class FailureStreak {
  /** What to check when the org gives nothing at all. */
  readonly #actions: readonly string[]
  #inARow = 0
  #refusedAtStart = 0
  #anyGiven = false

  constructor(actions: readonly string[]) {
    this.#actions = actions
  }

  answered(): void {
    this.#inARow = 0
    this.#anyGiven = true
  }

  /** @throws CustodyError when too many have failed. */
  failed({ code, cause }: Failure): void {
    // It was read, and is not whole: the org answers.
    if (!cause) {
      this.answered()
      return
    }
    this.#inARow = systemic.includes(code) ? this.#inARow + 1 : 0
    if (this.#inARow >= maxInARow) throw cause
    // Outages and rights pass or are told above; at the start, everything else points at how the org is asked.
    if (this.#anyGiven || code === 'ENTRIES_UNAVAILABLE' || code === 'ENTRIES_FORBIDDEN') return
    this.#refusedAtStart += 1
    if (this.#refusedAtStart >= maxRefusedAtStart) {
      throw new CustodyError(code, `The org gave none of the first ${maxRefusedAtStart} conversations asked for.`, {
        cause,
        actions: this.#actions,
      })
    }
  }
}
