import { HttpStatusError } from '@custody/http'
import { CustodyError } from '@custody/pipeline'

/** Why one file could not be had. Names neither its address, which may hold a secret, nor its name. */
export interface Failure {
  readonly code: string
  readonly message: string
  /** The error underneath, when a request failed. */
  readonly cause?: CustodyError
}

export const noAddress: Failure = {
  code: 'ATTACHMENT_ADDRESS',
  message: 'It names no place from which a file could be fetched.',
}

export const pageInstead: Failure = {
  code: 'ATTACHMENT_UNAVAILABLE',
  message: 'A web page was given in its place, also when asked again.',
}

export const brokenOff: Failure = {
  code: 'ATTACHMENT_UNAVAILABLE',
  message: 'It broke off, also when asked again.',
}

export const notAsked: Failure = {
  code: 'ATTACHMENT_UNAVAILABLE',
  message: 'It was not asked for: the files before it could not be had, one after the other.',
}

export function isUnavailable({ code }: Failure): boolean {
  return code === 'ATTACHMENT_UNAVAILABLE'
}

export function tooLarge(maxFileBytes: number): Failure {
  return { code: 'ATTACHMENT_TOO_LARGE', message: `It is larger than the ${maxFileBytes} bytes a file may have.` }
}

export function tooLargeTogether(maxTotalBytes: number): Failure {
  const message = `With it the files of the run would be larger than the ${maxTotalBytes} bytes they may have.`
  return { code: 'ATTACHMENT_TOO_LARGE', message }
}

/** Tells a failure that is this file's own from one of the world around it; the latter is thrown on. */
export function toFailure(error: unknown, maxFileBytes: number): Failure {
  if (!CustodyError.isInstance(error)) throw error
  const cause = error
  const answer = error instanceof HttpStatusError ? error : null
  const status = answer?.status ?? null
  if (error.code === 'HTTP_FOREIGN_ORIGIN') {
    const message = "Its address is none of the org's own, so it was not asked for."
    return { code: 'ATTACHMENT_FOREIGN_ORIGIN', message, cause }
  }
  if (error.code === 'HTTP_REDIRECT') {
    const message = "Its address leads on to one that is none of the org's own, or in a circle; that is not followed."
    return { code: 'ATTACHMENT_FOREIGN_ORIGIN', message, cause }
  }
  if (error.code === 'HTTP_BODY_TOO_LARGE') return { ...tooLarge(maxFileBytes), cause }
  if (status === 403 && error.kind === 'sign-in') {
    return { code: 'ATTACHMENT_FORBIDDEN', message: 'The execution user may not have it (HTTP 403).', cause }
  }
  // Without a token nothing can be had, and the limit of the day is not this file's.
  if (status === 401 || status === 403 || error.kind === 'sign-in' || answer?.allowance === 'day') throw error
  if (status === 404 || status === 410) {
    return { code: 'ATTACHMENT_NOT_FOUND', message: `It is not there, or no longer (HTTP ${status}).`, cause }
  }
  if (status !== null && status >= 400 && status < 500 && !error.retryable) {
    return { code: 'ATTACHMENT_REFUSED', message: `The org refused to give it (HTTP ${status}).`, cause }
  }
  const ofTheWire = /^(HTTP|AUTH)_/.test(error.code)
  if (status !== null || (error.retryable && ofTheWire) || error.code === 'HTTP_BODY_ENCODING') {
    return {
      code: 'ATTACHMENT_UNAVAILABLE',
      message: `It could not be had (${error.code}), also when asked again.`,
      cause,
    }
  }
  throw error
}
