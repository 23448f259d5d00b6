import { createHash, createHmac, createPublicKey, createSign, generateKeyPair, type KeyObject } from 'node:crypto'
import { promisify } from 'node:util'
import type { Clock } from '@custody/pipeline'
import { recordId, recordId15 } from '../ids.ts'

/** What a bearer token is worth. */
export type TokenState = 'valid' | 'opaque' | 'expired' | 'unknown'

export interface IssuedToken {
  readonly accessToken: string
  readonly signature: string
  readonly issuedAt: number
}

export interface IssueOptions {
  readonly instance: string
  /** @defaultValue `sfap_api`, `api` */
  readonly scopes?: readonly string[]
}

export interface CheckedToken {
  readonly state: TokenState
  readonly user: number
  readonly scopes: readonly string[]
}

export interface TokenIssuer {
  /** The public key that signatures are checked with, in PEM. */
  readonly publicKey: string
  issue(user: number, options: IssueOptions): IssuedToken
  /** Judges the Authorization header. `user` and `scopes` are given for tokens that were ever ours. */
  check(authorization: string | undefined): CheckedToken
  /** The scopes of a token that is good; undefined for any other. */
  scopesOf(token: string): readonly string[] | undefined
  /** Makes one token worthless; false where it was none. */
  revoke(token: string): boolean
  /** From now on no token issued so far is worth anything. */
  revokeAll(): void
}

let keys: Promise<KeyObject> | undefined

/** One key pair for the process: made when first needed, never written anywhere. */
export function signingKey(): Promise<KeyObject> {
  keys ??= promisify(generateKeyPair)('rsa', { modulusLength: 2048 }).then(({ privateKey }) => privateKey)
  return keys
}

export interface TokenIssuerOptions {
  readonly clock: Clock
  readonly lifetimeMs: number
  readonly format: 'jwt' | 'opaque'
  readonly clientId: string
}

export async function createTokenIssuer(options: TokenIssuerOptions): Promise<TokenIssuer> {
  const { clock, lifetimeMs, format, clientId } = options
  const key = await signingKey()
  const issued = new Map<string, { user: number; expiresAt: number; opaque: boolean; scopes: readonly string[] }>()
  let count = 0

  function jwt(
    user: number,
    { instance, scopes }: Required<IssueOptions>,
    issuedAt: number,
    expiresAt: number,
  ): string {
    const seconds = Math.floor(issuedAt / 1_000)
    const header = {
      tnk: `core/prod/${recordId15('Organization', 1)}`,
      ver: '1.0',
      kid: 'emulator',
      tty: 'sfdc-core-token',
      typ: 'JWT',
      alg: 'RS256',
    }
    const payload = {
      scp: scopes.join(' '),
      aud: ['https://api.salesforce.com', instance],
      sub: `uid:${recordId('User', user)}`,
      iss: instance,
      mty: 'oauth',
      roles: [],
      client_id: clientId,
      nbf: seconds,
      iat: seconds,
      exp: Math.floor(expiresAt / 1_000),
      // Two tokens of one second differ.
      jti: String(count),
    }
    const body = [header, payload].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
    return `${body}.${createSign('RSA-SHA256').update(body).sign(key, 'base64url')}`
  }

  return {
    publicKey: createPublicKey(key).export({ format: 'pem', type: 'spki' }).toString(),
    issue(user, { instance, scopes = ['sfap_api', 'api'] }) {
      count += 1
      const issuedAt = clock.now()
      // A JWT says whole seconds; the server keeps to what the token says.
      const expiresAt = Math.floor((issuedAt + lifetimeMs) / 1_000) * 1_000
      const accessToken =
        format === 'jwt'
          ? jwt(user, { instance, scopes }, issuedAt, expiresAt)
          : `${recordId15('Organization', 1)}!AQ${createHash('sha256').update(`${clientId}${user}${count}`).digest('hex')}`
      issued.set(accessToken, { user, expiresAt, opaque: format === 'opaque', scopes })
      for (const [token, { expiresAt: end }] of issued) {
        // Long dead tokens need not be told apart from strangers.
        if (issued.size > 1_000 && end < issuedAt) issued.delete(token)
        else break
      }
      const identity = `${instance}/id/${recordId('Organization', 1)}/${recordId('User', user)}`
      const signature = createHmac('sha256', clientId).update(`${identity}${issuedAt}`).digest('base64')
      return { accessToken, signature, issuedAt }
    },
    check(authorization) {
      const token = /^Bearer (\S+)$/i.exec(authorization ?? '')?.[1]
      const known = token === undefined ? undefined : issued.get(token)
      if (!known) return { state: 'unknown', user: -1, scopes: [] }
      const { user, scopes } = known
      if (known.expiresAt <= clock.now()) return { state: 'expired', user, scopes }
      return { state: known.opaque ? 'opaque' : 'valid', user, scopes }
    },
    scopesOf(token) {
      const known = issued.get(token)
      return known && known.expiresAt > clock.now() ? known.scopes : undefined
    },
    revoke(token) {
      const known = issued.get(token)
      if (known) known.expiresAt = Number.NEGATIVE_INFINITY
      return known !== undefined
    },
    revokeAll() {
      for (const token of issued.values()) token.expiresAt = Number.NEGATIVE_INFINITY
    },
  }
}
