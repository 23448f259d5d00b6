/*
 * What this package believes about Salesforce without a document that says so. Nothing else in it guesses.
 */

/**
 * assumption: how long an assertion may live. Salesforce's own sample takes 3 minutes; clients with 5 are seen to work, and
 * nothing longer is known to.
 */
export const assertionLifetimeMs = { usual: 180_000, most: 300_000 } as const

/** assumption: the tenant of Data 360 comes as a bare host in older answers; only on this machine that means plain http. */
export function tenantAddress(instanceUrl: string): string {
  if (!/^[\w.-]+(:\d+)?$/.test(instanceUrl)) return instanceUrl
  return `${/^(localhost|127\.[\d.]+)(:|$)/.test(instanceUrl) ? 'http' : 'https'}://${instanceUrl}`
}

/** What to recognise in the reply of a token endpoint, and what it asks of the person. All that is there has to fit. */
export interface KnownOauthError {
  readonly error?: string
  /** In its description. */
  readonly description?: RegExp
  /** The name of the grant. */
  readonly grant?: string
  readonly code: `AUTH_${string}`
  readonly message: string
  readonly actions: readonly string[]
}

const app = 'Setup > External Client App Manager > the app'

/** Where Data 360's exchange tells its errors from those of the org, by the name of its grant. */
export const data360Exchange = 'data360-exchange'

/**
 * assumption: the codes, and the texts of `error_description`. Documented are "audience validation failed" and "expired
 * access/refresh token"; others come from reports of vendors and users, the rest is common knowledge. A text that has
 * changed falls through to the entry of its code alone. The first that fits counts.
 */
export const knownOauthErrors: readonly KnownOauthError[] = [
  {
    error: 'invalid_token',
    grant: data360Exchange,
    code: 'AUTH_INVALID_TOKEN',
    message: 'the token of the org was not accepted, a new one neither',
    actions: [
      `${app} > OAuth: add the scope api, which the exchange for Data 360 asks for.`,
      'Check that the token policies of the app let the execution user in, and that nobody revokes its tokens.',
    ],
  },
  {
    error: 'invalid_scope',
    grant: data360Exchange,
    code: 'AUTH_NO_DATA360_SCOPE',
    message: 'the app may not query Data 360',
    actions: [`${app} > OAuth: add the scope cdp_query_api.`],
  },
  {
    description: /data ?space/i,
    grant: data360Exchange,
    code: 'AUTH_NO_DATASPACE',
    message: 'the data space does not exist, or is not open to the user',
    actions: [
      'Check the name of the data space (Data 360 Setup > Data Spaces); leave it out for the default one.',
      'Setup > Permission Sets: give the execution user one that opens it.',
    ],
  },
  {
    error: 'invalid_grant',
    description: /no valid scopes defined/i,
    code: 'AUTH_NO_SCOPES',
    message: 'the app has no scope that this flow supports',
    actions: [`${app} > OAuth: add the scopes api and sfap_api. full and refresh_token do not count in this flow.`],
  },
  {
    error: 'invalid_grant',
    description: /no client credentials user enabled/i,
    code: 'AUTH_NO_RUN_AS_USER',
    message: 'the app has no user to run as',
    actions: [
      `${app} > Policies: switch on the client credentials flow and choose a Run As user.`,
      'Give that user the permission API Only User.',
    ],
  },
  {
    error: 'invalid_grant',
    description: /hasn'?t approved this consumer/i,
    code: 'AUTH_NOT_APPROVED',
    message: 'the user has not been approved for the app',
    actions: [`${app} > Policies: let admin-approved users in, and assign a profile or permission set of the user.`],
  },
  {
    error: 'invalid_app_access',
    code: 'AUTH_NOT_APPROVED',
    message: 'the user has not been approved for the app',
    actions: [`${app} > Policies: let admin-approved users in, and assign a profile or permission set of the user.`],
  },
  {
    error: 'invalid_grant',
    description: /audience/i,
    grant: 'jwt-bearer',
    code: 'AUTH_WRONG_AUDIENCE',
    message: 'the assertion is for somebody else',
    actions: [
      'Set audience to the My Domain address of the org; older connected apps want https://login.salesforce.com, in sandboxes https://test.salesforce.com.',
    ],
  },
  {
    error: 'app_not_found',
    code: 'AUTH_INVALID_CLIENT_ID',
    message: 'the app is not known there',
    actions: [
      `${app} > Settings > OAuth: copy the consumer key again.`,
      'Set loginUrl and, for JWT bearer, audience to the My Domain address: External Client Apps are unknown at login.salesforce.com and test.salesforce.com.',
    ],
  },
  {
    error: 'invalid_grant',
    description: /expired/i,
    grant: 'jwt-bearer',
    code: 'AUTH_ASSERTION_EXPIRED',
    message: 'the assertion had expired when it arrived',
    actions: ['Set the clock of this machine.'],
  },
  {
    error: 'invalid_grant',
    description: /invalid assertion|signature/i,
    grant: 'jwt-bearer',
    code: 'AUTH_INVALID_ASSERTION',
    message: 'the assertion was not accepted',
    actions: [
      `${app} > Settings > OAuth: upload the certificate of this very key (JWT bearer, or "Use digital signatures").`,
      'Check username and audience, and the clock of this machine.',
    ],
  },
  {
    error: 'invalid_grant',
    description: /expired/i,
    grant: 'refresh-token',
    code: 'AUTH_REFRESH_TOKEN_EXPIRED',
    message: 'the refresh token has expired, was revoked, or has been used already',
    actions: [
      'Have the person sign in again, and give the new refresh token.',
      `${app} > Policies: look at the refresh token policy; where tokens are rotated, each may be used once.`,
    ],
  },
  {
    description: /ip restricted|restricted ip/i,
    code: 'AUTH_IP_RESTRICTED',
    message: 'this machine is outside the trusted addresses',
    actions: [
      `${app} > Policies: relax the IP restrictions, or add the address of this machine to the Login IP Ranges of the user's profile.`,
    ],
  },
  {
    error: 'inactive_user',
    code: 'AUTH_INACTIVE_USER',
    message: 'the user is not active',
    actions: ['Setup > Users: activate or unfreeze the user.'],
  },
  {
    error: 'invalid_grant',
    description: /inactive user|user is (inactive|frozen|locked)/i,
    code: 'AUTH_INACTIVE_USER',
    message: 'the user is not active',
    actions: ['Setup > Users: activate or unfreeze the user.'],
  },
  {
    error: 'inactive_org',
    code: 'AUTH_INACTIVE_ORG',
    message: 'the org is locked, closed or suspended',
    actions: ['Ask Salesforce about the state of the org; a sandbox that is being refreshed is back later.'],
  },
  {
    error: 'invalid_grant',
    description: /password expired/i,
    code: 'AUTH_PASSWORD_EXPIRED',
    message: 'the password has expired',
    actions: ['Set a new password, and give it with its new security token.'],
  },
  {
    description: /rate exceeded|number of logins exceeded/i,
    code: 'AUTH_TOO_MANY_SIGN_INS',
    message: 'the user has signed in too often',
    actions: ['Wait an hour; see whether something else signs in as this user again and again.'],
  },
  {
    error: 'invalid_scope',
    code: 'AUTH_NO_SCOPES',
    message: 'the app does not have the scopes asked for',
    actions: [`${app} > OAuth: add the scopes api and sfap_api.`],
  },
  {
    error: 'invalid_grant',
    description: /request not supported on this domain/i,
    code: 'AUTH_WRONG_DOMAIN',
    message: 'this host does not offer the flow',
    actions: ['Set loginUrl to the My Domain address (Setup > My Domain), not login.salesforce.com.'],
  },
  {
    error: 'invalid_grant',
    description: /authentication failure|flow disabled/i,
    grant: 'username-password',
    code: 'AUTH_AUTHENTICATION_FAILURE',
    message: 'user name, password or security token were not accepted, or the flow is switched off',
    actions: [
      'Setup > OAuth and OpenID Connect Settings: switch on Allow OAuth Username-Password Flows; better, change to client credentials or JWT bearer.',
      'Check user name and password. From an address that is not trusted, the security token is needed as well.',
      'The Login History of the user in Setup tells which of them it was.',
    ],
  },
  {
    error: 'invalid_grant',
    description: /authentication failure/i,
    code: 'AUTH_AUTHENTICATION_FAILURE',
    message: 'user name, password or security token were not accepted',
    actions: ['Check the credentials, whether the user is active, and whether the flow is allowed in this org.'],
  },
  {
    error: 'invalid_grant',
    code: 'AUTH_INVALID_GRANT',
    message: 'the sign-in was not granted',
    actions: [
      `${app} > Policies: check that the flow is switched on and its user is active.`,
      "The Login History of the execution user in Setup shows the server's reason.",
    ],
  },
  {
    error: 'invalid_client',
    code: 'AUTH_INVALID_CLIENT',
    message: 'the client secret was not accepted',
    actions: [`${app} > Settings > OAuth: copy consumer key and secret again; they may have been rotated.`],
  },
  {
    error: 'invalid_client_id',
    code: 'AUTH_INVALID_CLIENT_ID',
    message: 'the client id is not known to this org',
    actions: [
      `${app} > Settings > OAuth: copy the consumer key again.`,
      'Check that loginUrl is that org; a new app takes up to ten minutes to be known.',
    ],
  },
  {
    error: 'unauthorized_client',
    code: 'AUTH_UNSUPPORTED_GRANT_TYPE',
    message: 'the app does not allow this flow',
    actions: [`${app} > Policies: switch on the flow that the configuration names.`],
  },
  {
    error: 'unsupported_grant_type',
    code: 'AUTH_UNSUPPORTED_GRANT_TYPE',
    message: 'the app does not allow this flow',
    actions: [`${app} > Policies: switch on the flow that the configuration names.`],
  },
]
