/** What a token endpoint says besides the token, and what kind of token it gave. No token, no identity. */
export interface SignInReply {
  /** Null where neither the reply nor the token says. */
  readonly scopes: readonly string[] | null
  readonly isJwt: boolean
  /** How long the token says it lives, in milliseconds. */
  readonly lifetimeMs: number | null
  /** The API gateway that the reply names; null for none. */
  readonly gateway: string | null
}

/** Pure. Reads a JWT without verifying it: it is ours, and nothing is decided by it but what to advise. */
export function readReply(document: Readonly<Record<string, unknown>>): SignInReply {
  const { access_token: token, scope, api_instance_url: gateway } = document
  const claims = typeof token === 'string' ? claimsOf(token) : null
  const { exp, iat, scp } = claims ?? {}
  const scopes = typeof scope === 'string' ? scope : Array.isArray(scp) ? scp.join(' ') : scp
  return {
    scopes: typeof scopes === 'string' ? scopes.split(/\s+/).filter((word) => word !== '') : null,
    isJwt: claims !== null,
    lifetimeMs: typeof exp === 'number' && typeof iat === 'number' ? (exp - iat) * 1_000 : null,
    gateway: typeof gateway === 'string' && URL.canParse(gateway) ? new URL(gateway).origin : null,
  }
}

function claimsOf(token: string): Readonly<Record<string, unknown>> | null {
  const parts = token.split('.')
  if (parts.length !== 3) return null
  try {
    const claims: unknown = JSON.parse(Buffer.from(parts[1] ?? '', 'base64url').toString('utf8'))
    return typeof claims === 'object' && claims !== null ? (claims as Record<string, unknown>) : null
  } catch {
    return null
  }
}
