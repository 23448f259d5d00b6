import { assertHttpsOrLoopback } from '@custody/http'
import { CustodyError } from '@custody/pipeline'
import { z } from 'zod'
import { jwtLifetimeMs } from './jwt-lifetime.ts'
import { oauthError } from './oauth-error.ts'
import { type SignIn, signInError } from './sign-in.ts'

/** A successful reply of a token endpoint. */
export interface TokenReply {
  readonly text: string
  readonly signIn: SignIn
  /** What was posted: must not come back in an error. */
  readonly sent: readonly string[]
  /** Epoch milliseconds when the token was asked for: its life starts there at the earliest. */
  readonly requestedAt: number
}

/** What all replies have in common. */
export interface TokenFields {
  readonly access_token: string
  readonly instance_url: string
  readonly api_instance_url?: string | undefined
  /** Seconds, in figures or as a string. */
  readonly expires_in?: number | string | undefined
}

const replySchema = z.object({
  // What an HTTP header can carry, and nothing else.
  access_token: z.string().regex(/^[\x21-\x7e]{1,16384}$/),
  token_type: z.string().regex(/^bearer$/i),
  instance_url: z.string(),
  api_instance_url: z.string().optional(),
  expires_in: z.union([z.number(), z.string()]).optional(),
})

/**
 * The document in a reply.
 *
 * @throws CustodyError `AUTH_REPLY_EMPTY`, `AUTH_REPLY_NOT_JSON`
 */
export function parseReply({ text, signIn }: TokenReply): unknown {
  if (text.trim() === '') {
    throw signInError('AUTH_REPLY_EMPTY', 'the token endpoint answered with nothing', signIn, signIn.advice.odd)
  }
  try {
    return JSON.parse(text)
  } catch {
    // Its message would quote the reply.
    const what = /^\s*</.test(text) ? 'a web page' : 'something that is no JSON'
    throw signInError('AUTH_REPLY_NOT_JSON', `the token endpoint answered with ${what}`, signIn, signIn.advice.odd)
  }
}

/**
 * The fields of a reply's document.
 *
 * @throws CustodyError `AUTH_REPLY_INCOMPLETE`, or the OAuth error that came with a 200
 */
export function readFields(document: unknown, { signIn, sent }: TokenReply): TokenFields {
  const reply = replySchema.safeParse(document)
  if (reply.success) return reply.data
  throw oauthError(document, 200, signIn, sent) ?? incomplete(reply.error, signIn)
}

/** When the token expires: as the reply says, as the token itself says, or as configured; null when nothing tells. */
export function expiryOf(fields: TokenFields, requestedAt: number, configuredMs: number | undefined): number | null {
  const stated = Number(fields.expires_in) * 1_000
  const life = stated > 0 && Number.isFinite(stated) ? stated : jwtLifetimeMs(fields.access_token, requestedAt)
  const lifetimeMs = life ?? configuredMs
  return lifetimeMs === undefined ? null : requestedAt + lifetimeMs
}

/** The origin of an address in a reply. @throws CustodyError `AUTH_REPLY_ORIGIN` */
export function originOf(address: string, field: string, signIn: SignIn): string {
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

function incomplete(error: z.ZodError, signIn: SignIn): CustodyError {
  // Field names of ours only: what zod says of values, and keys it does not know, stay behind.
  const fields = new Set(error.issues.map((issue) => String(issue.path[0] ?? 'the object itself')))
  const what = `the reply lacks a usable ${[...fields].join(', ')}`
  return signInError('AUTH_REPLY_INCOMPLETE', what, signIn, signIn.advice.odd)
}
