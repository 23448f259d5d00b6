/*
 * What this package believes about Salesforce without a document that says so. Nothing else in it guesses.
 */

/** What to recognise in the reply of the token endpoint, and what it asks of the person. */
export interface KnownOauthError {
  readonly error: string
  /** In its description; absent: any description. */
  readonly description?: RegExp
  readonly code: `AUTH_${string}`
  readonly message: string
  readonly actions: readonly string[]
}

const app = 'Setup > External Client App Manager > the app'

/**
 * assumption: the texts of `error_description`. The first three come from reports of other vendors, the rest is common
 * knowledge. A text that has changed falls through to the entry of its code alone. The first that fits counts.
 */
export const knownOauthErrors: readonly KnownOauthError[] = [
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
    error: 'invalid_grant',
    description: /request not supported on this domain/i,
    code: 'AUTH_WRONG_DOMAIN',
    message: 'this host does not offer the flow',
    actions: ['Set loginUrl to the My Domain address (Setup > My Domain), not login.salesforce.com.'],
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
    error: 'unsupported_grant_type',
    code: 'AUTH_UNSUPPORTED_GRANT_TYPE',
    message: 'the app does not allow this flow',
    actions: [`${app} > Policies: switch on the flow that the configuration names.`],
  },
]
