/**
 * What a `Retry-After` header asks for, in milliseconds from now; null when there is none or it makes no sense. Both
 * forms of RFC 9110: seconds and HTTP date. A date is read against the server's own `Date`, so that a wrong clock here
 * does not matter.
 */
export function retryAfterMs(headers: Readonly<Record<string, string>>, now: number): number | null {
  const value = headers['retry-after']?.trim()
  if (value === undefined) return null
  if (/^\d+$/.test(value)) return Number(value) * 1000
  const until = parseHttpDate(value)
  return until === null ? null : Math.max(0, until - (parseHttpDate(headers['date']) ?? now))
}

function parseHttpDate(value: string | undefined): number | null {
  // Date.parse alone would take nearly anything for a date, `-5` for one.
  if (value === undefined || !/^[A-Z][a-z]+, .{10,30} GMT$/.test(value)) return null
  const time = Date.parse(value)
  return Number.isNaN(time) ? null : time
}
