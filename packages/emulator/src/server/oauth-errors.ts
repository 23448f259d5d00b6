import { json, type Reply } from './reply.ts'

/**
 * What a token endpoint says when it refuses. Common knowledge, or reports of other vendors, unless marked; documented is their shape.
 */
export const oauthErrors = {
  noScopes: ['invalid_grant', 'no valid scopes defined'],
  noRunAsUser: ['invalid_grant', 'no client credentials user enabled'],
  notApproved: ['invalid_grant', "user hasn't approved this consumer"],
  authenticationFailure: ['invalid_grant', 'authentication failure'],
  wrongDomain: ['invalid_grant', 'request not supported on this domain'],
  invalidClient: ['invalid_client', 'invalid client credentials'],
  invalidClientId: ['invalid_client_id', 'client identifier invalid'],
  unsupportedGrant: ['unsupported_grant_type', 'grant type not supported'],
  notPost: ['invalid_request', 'must use HTTP POST'],
  // Documented with the JWT bearer flow.
  wrongAudience: ['invalid_grant', 'audience validation failed'],
  // assumption: words for an assertion that is no JWT, signed by somebody else, or has no time left.
  invalidAssertion: ['invalid_grant', 'invalid assertion'],
  expiredAssertion: ['invalid_grant', 'assertion has expired'],
  // Documented with the refresh token flow.
  expiredRefreshToken: ['invalid_grant', 'expired access/refresh token'],
  // assumption: what revoking says of a token that is none.
  unknownToken: ['unsupported_token_type', 'this token type is not supported'],
  // Bodies of the exchange for Data 360, from the code of Salesforce's own client.
  invalidToken: ['invalid_token', 'Token is invalid'],
  // assumption: words for a token without the scope; only the code was seen.
  noData360Scope: ['invalid_scope', 'the token does not have the scope cdp_query_api'],
  // assumption: what is said of a data space that does not exist.
  unknownDataspace: ['invalid_request', 'data space not found'],
} as const

export type OauthError = keyof typeof oauthErrors

/** Documented: `HTTP/1.1 400`, `application/json`, `no-store`. */
export function oauthError(name: OauthError, status = 400): Reply {
  const [error, description] = oauthErrors[name]
  return json(status, { error, error_description: description }, { 'cache-control': 'no-store' })
}
