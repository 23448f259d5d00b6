// What the doctor believes about Salesforce without a document that says so. Nothing else in it guesses.

/**
 * assumption: the gateway answers so when the API is there and the request names no conversation. Then no conversation has to be
 * read to find out. Another answer than these and 404 counts as there too; 404 is asked about again with a conversation.
 */
export const namelessRequestAnswers: readonly number[] = [400, 422]

/**
 * The scopes each part needs. Documented: `sfap_api` for the gateway, `api` for the platform, `cdp_query_api` for the exchange.
 * assumption: Data 360 over Connect asks for `cdp_query_api` too.
 */
export const neededScopes = { gateway: 'sfap_api', platform: 'api', data360: 'cdp_query_api' } as const

/** assumption: the scope `full` holds `api`, as Salesforce Help has it, and perhaps others. */
export const scopeOfEverything = 'full'

/**
 * The limit that Salesforce's guide calls the standard one ("Access data", messaging object model).
 * assumption: the org has it too; no API says which limit an org has.
 */
export const standardActiveConversations = 11_000

/**
 * Names of fields of UserPermissionAccess, from its field reference.
 * assumption: they tell what the user may do by all profiles and permission sets together.
 */
export const permissionFields = {
  apiEnabled: 'PermissionsApiEnabled',
  apiOnly: 'PermissionsApiUserOnly',
  viewAllData: 'PermissionsViewAllData',
} as const
