import { neededScopes, scopeOfEverything } from './assumptions.ts'
import { denied, type Finding, ok, warn } from './finding.ts'
import type { OrgUnderCheck, SignedIn, UserUnderCheck } from './org-under-check.ts'
import { minutes } from './words.ts'

/** Gets a token. What goes wrong says itself what to change in Setup. */
export async function checkToken(user: UserUnderCheck, org: OrgUnderCheck): Promise<Finding> {
  const { reply } = await user.signIn()
  const { flow } = org.config.auth
  if (!reply.isJwt) {
    return warn(
      'TOKEN_NOT_JWT',
      `Signed in by ${flow}; the token is opaque, and the Conversation Data API takes JWTs alone.`,
      'Setup > External Client App Manager > the app > OAuth: issue JWT-based access tokens for named users.',
    )
  }
  const life = reply.lifetimeMs === null ? 'does not say how long it lives' : `lives ${minutes(reply.lifetimeMs)}`
  return ok(`signed in by ${flow}; the token is a JWT and ${life}`)
}

/** Which scopes the token has, against those that the configured sources need. */
export function checkScopes({ reply }: SignedIn, { config }: OrgUnderCheck): Finding {
  const needed = [neededScopes.platform, neededScopes.gateway, ...(config.data360 ? [neededScopes.data360] : [])]
  const { scopes } = reply
  if (scopes === null) {
    return warn(
      'SCOPES_UNKNOWN',
      'Neither the reply nor the token names its scopes.',
      `See in Setup > External Client App Manager > the app > OAuth that it has ${needed.join(', ')}.`,
    )
  }
  const isFull = scopes.includes(scopeOfEverything)
  const lacking = needed.filter((scope) => !scopes.includes(scope) && !(isFull && scope === neededScopes.platform))
  if (lacking.length === 0) return ok(`the token has ${needed.join(', ')}`)
  const message = `The token lacks ${lacking.join(', ')}.`
  const action = `Setup > External Client App Manager > the app > OAuth: add ${lacking.join(', ')}.`
  // Whether the scope for everything holds these too, nobody says; other checks show.
  return isFull ? warn('SCOPE_MISSING', message, action) : denied('SCOPE_MISSING', message, action)
}
