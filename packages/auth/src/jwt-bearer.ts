import { type Clock, CustodyError, systemClock, usageError } from '@custody/pipeline'
import { assertionLifetimeMs } from './assumptions.ts'
import { assertFilled, type Grant } from './grant.ts'
import { keySigner, type Signer } from './signing-key.ts'

interface JwtBearerBase {
  /** The consumer key of the External Client App. */
  readonly clientId: string
  /** The user to sign in as; the app must be approved for it. */
  readonly username: string
  /**
   * Whom the assertion is for: the My Domain address of the org, or `https://login.salesforce.com` and
   * `https://test.salesforce.com` for older connected apps.
   */
  readonly audience: string
  /**
   * How long an assertion may be used.
   * @defaultValue 3 min, as in Salesforce's own sample: one is made for each request, and is a credential while it lives
   */
  readonly lifetimeMs?: number
  readonly clock?: Clock
}

/** Who signs in, to which app, and the key or signer that proves it. */
export type JwtBearerOptions = JwtBearerBase &
  (
    | {
        /** The private key in PEM, of the certificate that was uploaded to the app. RSA, at least 2048 bits. */
        readonly key: string | Uint8Array
        readonly passphrase?: string
        readonly signer?: never
      }
    | {
        /** For a key that cannot be had, only asked. */
        readonly signer: Signer
        readonly key?: never
        readonly passphrase?: never
      }
  )

/** An RSA signature is as long as its key. */
const minSignatureBytes = 256

/**
 * The JWT bearer flow: whoever has the key signs in as a user that was approved for the app. No secret travels.
 *
 * @throws CustodyError `AUTH_OPTIONS`, `AUTH_KEY` (usage); signing in throws `AUTH_SIGNER` when there is no signature
 */
export function jwtBearer(options: JwtBearerOptions): Grant {
  const {
    clientId,
    username,
    audience,
    key,
    signer,
    lifetimeMs = assertionLifetimeMs.usual,
    clock = systemClock,
  } = options
  assertFilled('jwtBearer', { clientId, username, audience })
  if (!URL.canParse(audience)) {
    throw usageError('AUTH_OPTIONS', 'jwtBearer: audience is no URL.', 'Give the My Domain address, https://….')
  }
  if (!(lifetimeMs >= 1_000 && lifetimeMs <= assertionLifetimeMs.most)) {
    throw usageError('AUTH_OPTIONS', `jwtBearer: lifetimeMs must be from 1000 to ${assertionLifetimeMs.most}.`)
  }
  if ((key === undefined) === (signer === undefined)) {
    throw usageError('AUTH_OPTIONS', 'jwtBearer: give either key or signer.')
  }
  const signed = signer ?? keySigner(key ?? '', options.passphrase)

  return {
    name: 'jwt-bearer',
    async form() {
      const exp = Math.floor((clock.now() + lifetimeMs) / 1_000)
      const claims = { iss: clientId, sub: username, aud: audience, exp }
      const input = `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode(claims)}`
      const signature = await signatureOf(input, signed)
      return {
        grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
        assertion: `${input}.${Buffer.from(signature).toString('base64url')}`,
      }
    },
  }
}

function encode(part: unknown): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url')
}

async function signatureOf(input: string, signer: Signer): Promise<Uint8Array> {
  let signature: unknown
  try {
    signature = await signer(Buffer.from(input))
  } catch {
    // It may name what it was given.
    throw noSignature('failed')
  }
  if (signature instanceof Uint8Array && signature.byteLength >= minSignatureBytes) return signature
  throw noSignature('gave no RSA signature')
}

function noSignature(what: string): CustodyError {
  return new CustodyError('AUTH_SIGNER', `The signer of the JWT bearer flow ${what}.`, {
    kind: 'sign-in',
    actions: ['Call the signer by itself with some bytes: it must give the RS256 signature, 256 bytes or more.'],
  })
}
