import { z } from 'zod'

export const grantTypes = {
  'client-credentials': 'client_credentials',
  'jwt-bearer': 'urn:ietf:params:oauth:grant-type:jwt-bearer',
  'username-password': 'password',
  'refresh-token': 'refresh_token',
} as const

/** A way to sign in that the simulated org knows. */
export type GrantName = keyof typeof grantTypes

/** How the apps of the org are set up for signing in. */
export interface OauthSwitches {
  /** The flows the apps allow. */
  readonly grants: readonly GrantName[]
  /** The scopes the apps have. */
  readonly scopes: readonly string[]
  /** Whether the apps name a user to run as with client credentials. */
  readonly runAsUser: boolean
  /** Whether the execution users have been approved for the apps. */
  readonly approved: boolean
  /** Off: this host stands for login.salesforce.com, which does not offer client credentials. */
  readonly myDomain: boolean
  /** Whether the password flow asks for the security token behind the password, or this network is trusted. */
  readonly securityToken: 'required' | 'trusted-network'
  /** Whether each refresh token is good for one sign-in, which brings the next. */
  readonly refreshRotation: boolean
}

/** Sign-in as an org is set up by the README. */
export const defaultOauthSwitches: OauthSwitches = {
  grants: ['client-credentials', 'jwt-bearer', 'username-password', 'refresh-token'],
  scopes: ['sfap_api', 'api', 'cdp_query_api'],
  runAsUser: true,
  approved: true,
  myDomain: true,
  securityToken: 'trusted-network',
  refreshRotation: false,
}

export const oauthShape: { readonly [Name in keyof OauthSwitches]: z.ZodType<OauthSwitches[Name]> } = {
  grants: z.array(z.enum(['client-credentials', 'jwt-bearer', 'username-password', 'refresh-token'])),
  scopes: z.array(z.string()),
  runAsUser: z.boolean(),
  approved: z.boolean(),
  myDomain: z.boolean(),
  securityToken: z.enum(['required', 'trusted-network']),
  refreshRotation: z.boolean(),
}
