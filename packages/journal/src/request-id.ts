import type { JsonRequest } from '@custody/http'

/** Whose answers they are. */
export interface AnswerScope {
  /** Names the org for good: its id, or its My Domain address. */
  readonly org: string
  /** As `66.0`. */
  readonly apiVersion: string
}

/**
 * Names a request by all that can change its answer: org and version, method, address, headers. Two requests that ask for the
 * same in different spellings may get different names, and are then asked both; two that differ never get the same.
 */
export function requestId(scope: AnswerScope, request: JsonRequest<unknown>): string {
  const { origin, path, query = {}, headers = {} } = request
  const asked = Object.entries(query).filter(([, value]) => value !== undefined)
  const sent = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])
  return JSON.stringify([
    scope.org,
    scope.apiVersion,
    'GET',
    origin,
    path,
    asked.map(([name, value]) => [name, String(value)]),
    sent,
  ])
}
