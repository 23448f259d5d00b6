import { oauthError } from '../server/oauth-errors.ts'
import type { OrgState } from '../server/org-state.ts'
import { json, type Reply, type Request } from '../server/reply.ts'

/**
 * `POST /services/a360/token`: transcript help, sample 2 (the exchange). Fields come in the form, as documented, or in the query string,
 * as Salesforce's own Python client sends them.
 */
export function exchangeRoute(org: OrgState, request: Request): Reply {
  const { switches, tokens } = org.data360
  if (request.method !== 'POST') return oauthError('notPost')
  if (switches.exchange === 'login-page') return loginPage
  const form = new URLSearchParams(request.body)
  const field = (name: string): string | null => form.get(name) ?? request.query.get(name)
  if (field('grant_type') !== 'urn:salesforce:grant-type:external:cdp') return oauthError('unsupportedGrant')

  const subject = field('subject_token') ?? ''
  const scopes = org.tokens.scopesOf(subject)
  const typed = field('subject_token_type') === 'urn:ietf:params:oauth:token-type:access_token'
  if (!scopes || !typed || switches.exchange !== 'ok') {
    return oauthError('invalidToken', switches.exchange === 'error-in-200' ? 200 : 401)
  }
  if (!scopes.includes('cdp_query_api')) return oauthError('noData360Scope')
  const dataspace = field('dataspace') ?? 'default'
  if (!switches.dataspaces.includes(dataspace)) return oauthError('unknownDataspace')

  const { user } = org.tokens.check(`Bearer ${subject}`)
  const { accessToken, expiresIn } = tokens.issue(user, dataspace)
  return json(
    200,
    {
      access_token: accessToken,
      instance_url: switches.tenantUrl === 'url' ? org.tenantUrl : new URL(org.tenantUrl).host,
      token_type: 'Bearer',
      issued_token_type: 'urn:ietf:params:oauth:token-type:jwt',
      expires_in: expiresIn,
    },
    { 'cache-control': 'no-store', pragma: 'no-cache' },
  )
}

/** What stands in the test data of Salesforce's old driver for an answer of this address. */
const loginPage: Reply = {
  status: 200,
  headers: { 'content-type': 'text/html; charset=UTF-8' },
  body: '<html><head><script>window.location.replace("/?ec=302&startURL=%2Fservices%2Fa360%2Ftoken")</script></head></html>',
}
