import { createHmac } from 'node:crypto'
import type { Window } from '@custody/model'

/** The length of a salt as text: 32 bytes in base64url. */
export const SALT_CHARACTERS = 43

/**
 * The salt of one conversation's line: 32 bytes as base64url, the same for every run over the same window.
 *
 * HMAC-SHA-256 of `custody/salt/v1|<identifier>|<from>|<to>` under the org's secret. Instants have a fixed length, so no
 * two conversations and windows share a text, whatever the identifier holds. An amendment tells other things of a conversation
 * than the archive it amends: there, a proof that was given out must not tell its salt, so its name stands in the text too.
 */
export function recordSalt(key: Uint8Array, identifier: string, { from, to }: Window, amendment?: string): string {
  // A name holds no `/`, so the two texts are never one.
  const use = amendment === undefined ? 'v1' : `v1/${amendment}`
  return createHmac('sha256', key).update(`custody/salt/${use}|${identifier}|${from}|${to}`).digest('base64url')
}
