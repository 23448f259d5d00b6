/**
 * How long a JWT is valid, in milliseconds, read from its payload without verifying it; null when it is none or does not
 * say. Only differences of the server's own times are used, so that a wrong clock here does not matter; without `iat`,
 * `exp` is read against `now`.
 */
export function jwtLifetimeMs(accessToken: string, now: number): number | null {
  const parts = accessToken.split('.')
  if (parts.length !== 3) return null
  let payload: unknown
  try {
    payload = JSON.parse(Buffer.from(parts[1] ?? '', 'base64url').toString('utf8'))
  } catch {
    return null
  }
  if (typeof payload !== 'object' || payload === null) return null
  const { exp, iat } = payload as Record<string, unknown>
  if (typeof exp !== 'number') return null
  const lifetimeMs = typeof iat === 'number' ? (exp - iat) * 1000 : exp * 1000 - now
  return Number.isFinite(lifetimeMs) && lifetimeMs > 0 ? lifetimeMs : null
}
