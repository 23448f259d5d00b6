import { createSign, type KeyObject } from 'node:crypto'
import type { Clock } from '@custody/pipeline'
import { recordId } from '../ids.ts'

/** What a bearer token is worth to the tenant. */
export interface Data360TokenCheck {
  readonly state: 'valid' | 'expired' | 'unknown'
  /** -1 for a token that was never one. */
  readonly user: number
  readonly dataspace: string
}

/** The tokens of the tenant. They live on when the token they were exchanged for does not. */
export interface Data360Tokens {
  issue(user: number, dataspace: string): { readonly accessToken: string; readonly expiresIn: number }
  check(authorization: string | undefined): Data360TokenCheck
  revokeAll(): void
}

/** The tenant's name for itself, as in the test data of Salesforce's own driver. */
export const tenantId = 'a360/emulator/6b61c0ffee'

export function createData360Tokens(clock: Clock, key: KeyObject, lifetimeMs: number): Data360Tokens {
  const issued = new Map<string, { user: number; dataspace: string; expiresAt: number }>()
  let count = 0
  return {
    issue(user, dataspace) {
      count += 1
      const now = clock.now()
      const exp = Math.floor((now + lifetimeMs) / 1_000)
      const claims = {
        sub: recordId('User', user),
        audienceTenantId: tenantId,
        iat: Math.floor(now / 1_000),
        exp,
        jti: String(count),
      }
      const parts = [{ alg: 'RS256', typ: 'JWT' }, claims]
      const body = parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
      const accessToken = `${body}.${createSign('RSA-SHA256').update(body).sign(key, 'base64url')}`
      issued.set(accessToken, { user, dataspace, expiresAt: exp * 1_000 })
      for (const [token, { expiresAt }] of issued) {
        // Long dead tokens need not be told apart from strangers.
        if (issued.size > 1_000 && expiresAt < now) issued.delete(token)
        else break
      }
      return { accessToken, expiresIn: Math.max(0, Math.floor((exp * 1_000 - now) / 1_000)) }
    },
    check(authorization) {
      const known = issued.get(/^Bearer (\S+)$/i.exec(authorization ?? '')?.[1] ?? '')
      if (!known) return { state: 'unknown', user: -1, dataspace: '' }
      return { ...known, state: known.expiresAt <= clock.now() ? 'expired' : 'valid' }
    },
    revokeAll() {
      for (const token of issued.values()) token.expiresAt = Number.NEGATIVE_INFINITY
    },
  }
}
