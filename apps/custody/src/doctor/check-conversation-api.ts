import { defaultWire } from '@custody/entries-source'
import { HttpStatusError, type OrgClient } from '@custody/http'
import { namelessRequestAnswers, neededScopes } from './assumptions.ts'
import { denied, type Finding, fail, ok, warn } from './finding.ts'
import { newestConversation } from './org-questions.ts'
import type { OrgUnderCheck, SignedIn, UserUnderCheck } from './org-under-check.ts'

/**
 * Whether the Conversation Data API answers this user; if with 404, which of its three documented causes it is: the token, the
 * address, or the switch in Setup.
 *
 * A request that names no conversation comes first: it marks none as active. Only where that gets a 404 is one read, the newest.
 */
export async function checkConversationApi(user: UserUnderCheck, org: OrgUnderCheck): Promise<Finding> {
  const signedIn = await user.signIn()
  const client = await user.client()
  const first = await statusOf(client, org)
  if (first !== 404) return verdictOf(first)
  const identifier = await newestConversation(client, org).catch((error: unknown) => refusalOf(error))
  if (identifier instanceof HttpStatusError) return tokenRefused(identifier.status)
  if (identifier !== null) {
    const second = await statusOf(client, org, identifier)
    if (second !== 404) return verdictOf(second)
  }
  return await causeOf404(user, signedIn, org, identifier)
}

/** The platform refuses the token too, or whatever else went wrong leaves us without a conversation. */
function refusalOf(error: unknown): HttpStatusError | null {
  return error instanceof HttpStatusError && error.status === 401 ? error : null
}

/** @throws what the client throws where there is no answer, or one of a server in trouble */
async function statusOf(client: OrgClient, { signal }: OrgUnderCheck, conversation?: string): Promise<number> {
  const { origin, path, endpoint, parameters } = defaultWire
  const query =
    conversation === undefined ? {} : { [parameters.conversation ?? '']: conversation, [parameters.recordLimit]: 1 }
  try {
    return await client.getJson({ origin, path, query, endpoint, parse: (_, { status }) => status, signal })
  } catch (error) {
    if (error instanceof HttpStatusError && error.status < 500) return error.status
    throw error
  }
}

function verdictOf(status: number): Finding {
  if (status === 401 || status === 403) return tokenRefused(status)
  if (status === 429) {
    return warn(
      'GATEWAY_BUSY',
      'The Conversation Service API is there; the 90 requests a minute of this user are used up.',
      'See whether something else reads with the same execution user: each should have one of its own.',
    )
  }
  const isExpected = status < 300 || namelessRequestAnswers.includes(status)
  return ok(`the Conversation Service API answers${isExpected ? '' : ` (${status})`}`)
}

function tokenRefused(status: number): Finding {
  return denied(
    'GATEWAY_TOKEN_REFUSED',
    `The token is not accepted (${status}).`,
    'Check that the token policies of the External Client App let the execution user in, and that nobody revoked its tokens.',
    'Setup > External Client App Manager > the app > OAuth: issue JWT-based access tokens for named users.',
  )
}

/** By exclusion, the surest first: what the token is, where the question was asked, and what is left. */
async function causeOf404(
  user: UserUnderCheck,
  { token, reply }: SignedIn,
  org: OrgUnderCheck,
  asked: string | null,
): Promise<Finding> {
  if (!reply.isJwt) {
    return denied(
      'CONVERSATION_API_TOKEN_KIND',
      'The Conversation Service API answers 404: the token is opaque, and it knows JWTs alone.',
      'Setup > External Client App Manager > the app > OAuth: issue JWT-based access tokens for named users.',
    )
  }
  if (reply.scopes !== null && !reply.scopes.includes(neededScopes.gateway)) {
    return denied(
      'CONVERSATION_API_SCOPE',
      `The Conversation Service API answers 404: the token lacks the scope ${neededScopes.gateway}.`,
      `Setup > External Client App Manager > the app > OAuth: add ${neededScopes.gateway}.`,
    )
  }
  const { gateway } = reply
  if (gateway === null) return addressOrSwitch
  if (gateway !== token.apiUrl) {
    const there = await statusOf(await user.clientAt(gateway), org, asked ?? undefined)
    if (there !== 404) return wrongAddress(org, there)
    return switchedOff(
      'the gateway that sign-in names answers 404 too',
      `Take orgs.${org.alias}.apiUrl out of the configuration as well: it is another gateway than sign-in names.`,
    )
  }
  return switchedOff(
    asked === null
      ? 'token and address are in order; no conversation was seen to ask for'
      : 'token and address are in order',
  )
}

function switchedOff(why: string, ...actions: readonly string[]): Finding {
  return fail(
    'CONVERSATION_API_OFF',
    `The Conversation Service API answers 404, so it is switched off: ${why}.`,
    'Setup > Conversation Service API: switch it on. It may take some minutes.',
    'If it is on, see whether the org is one that has it: Government Cloud has not.',
    ...actions,
  )
}

function wrongAddress({ alias }: OrgUnderCheck, there: number): Finding {
  return fail(
    'CONVERSATION_API_ADDRESS',
    `The Conversation Service API answers 404: the address is wrong, for the gateway that sign-in names answers ${there}.`,
    `Take orgs.${alias}.apiUrl out of the configuration, so that the address comes from sign-in.`,
  )
}

/** Two causes are left, and nothing to tell them apart by. */
const addressOrSwitch: Finding = fail(
  'CONVERSATION_API_UNTOLD',
  'The Conversation Service API answers 404: its address is wrong, or it is switched off. Sign-in names no gateway to compare with.',
  'Check apiUrl: https://api.salesforce.com for production, https://test.api.salesforce.com for sandboxes.',
  'Setup > Conversation Service API: switch it on.',
)
