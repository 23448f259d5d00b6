import { assertHttpsOrLoopback, type Token } from '@custody/http'
import { CustodyError } from '@custody/pipeline'
import { z } from 'zod'
import { jwtLifetimeMs } from './jwt-lifetime.ts'
import { oauthError } from './oauth-error.ts'
import { type SignIn, signInError } from './sign-in.ts'

export interface TokenReplyOptions {
  readonly text: string
  readonly signIn: SignIn
  /** What was posted: must not come back in an error. */
  readonly sent: readonly string[]
  readonly apiUrl: string | undefined
  readonly lifetimeMs: number | undefined
  /** Epoch milliseconds when the token was asked for: its life starts there at the earliest. */
  readonly requestedAt: number
}

const replySchema = z.object({
  // What an HTTP header can carry, and nothing else.
  access_token: z.string().regex(/^[\x21-\x7e]{1,16384}$/),
  token_type: z.string().regex(/^bearer$/i),
  instance_url: z.string(),
  api_instance_url: z.string().optional(),
})

/**
 * The token in a successful reply of the token endpoint.
 *
 * @throws CustodyError `AUTH_REPLY_EMPTY`, `AUTH_REPLY_NOT_JSON`, `AUTH_REPLY_INCOMPLETE`, `AUTH_REPLY_ORIGIN`,
 * `AUTH_NO_API_URL`, or the OAuth error that came with a 200
 */
export function readTokenReply(options: TokenReplyOptions): Token {
  const { text, signIn, sent, apiUrl, lifetimeMs, requestedAt } = options
  const document = parse(text, signIn)
  const reply = replySchema.safeParse(document)
  if (!reply.success) throw oauthError(document, 200, signIn, sent) ?? incomplete(reply.error, signIn)

  const { access_token: accessToken, instance_url: instanceUrl, api_instance_url: replied } = reply.data
  const gateway = apiUrl ?? replied
  if (gateway === undefined) {
    throw signInError('AUTH_NO_API_URL', 'the reply names no api_instance_url', signIn, [
      'Switch on JWT-based access tokens for named users in the External Client App, with the scope sfap_api.',
      'Or set apiUrl, https://api.salesforce.com for production orgs.',
    ])
  }
  const life = jwtLifetimeMs(accessToken, requestedAt) ?? lifetimeMs
  return {
    accessToken,
    user: signIn.user,
    instanceUrl: originOf(instanceUrl, 'instance_url', signIn),
    apiUrl: originOf(gateway, 'api_instance_url', signIn),
    expiresAt: life === undefined ? null : requestedAt + life,
  }
}

function parse(text: string, signIn: SignIn): unknown {
  if (text.trim() === '') {
    throw signInError('AUTH_REPLY_EMPTY', 'the token endpoint answered with nothing', signIn, wrongAddress)
  }
  try {
    return JSON.parse(text)
  } catch {
    // Its message would quote the reply.
    const what = /^\s*</.test(text) ? 'a web page' : 'something that is no JSON'
    throw signInError('AUTH_REPLY_NOT_JSON', `the token endpoint answered with ${what}`, signIn, wrongAddress)
  }
}

const wrongAddress = [
  'Check that loginUrl is the My Domain address of the org (https://….my.salesforce.com), not the Lightning one.',
  'A proxy, a log-in page or a maintenance page may have answered; run again later if so.',
]

function incomplete(error: z.ZodError, signIn: SignIn): CustodyError {
  // Field names of ours only: what zod says of values, and keys it does not know, stay behind.
  const fields = new Set(error.issues.map((issue) => String(issue.path[0] ?? 'the object itself')))
  return signInError(
    'AUTH_REPLY_INCOMPLETE',
    `the reply lacks a usable ${[...fields].join(', ')}`,
    signIn,
    wrongAddress,
  )
}

function originOf(address: string, field: string, signIn: SignIn): string {
  try {
    return assertHttpsOrLoopback(address, field).origin
  } catch (error) {
    // The address is the server's: which one it is, is not ours to print.
    if (!CustodyError.isInstance(error)) throw error
    throw signInError('AUTH_REPLY_ORIGIN', `${field} is no https address`, signIn, [
      'Check loginUrl: credentials are only sent over https, or to this machine.',
    ])
  }
}
