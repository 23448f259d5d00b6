import { createHmac } from 'node:crypto'
import type { Window } from '@custody/model'

/** The length of a salt as text: 32 bytes in base64url. */
export const SALT_CHARACTERS = 43

/**
 * The salt of one conversation's line: 32 bytes as base64url, the same for every run over the same window.
 *
 * HMAC-SHA-256 of `custody/salt/v1|<identifier>|<from>|<to>` under the org's secret. Instants have a fixed length, so no
 * two conversations and windows share a text, whatever the identifier holds.
 */
export function recordSalt(key: Uint8Array, identifier: string, window: Window): string {
  return createHmac('sha256', key)
    .update(`custody/salt/v1|${identifier}|${window.from}|${window.to}`)
    .digest('base64url')
}
