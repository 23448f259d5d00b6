import { createHmac, createSecretKey, type KeyObject } from 'node:crypto'
import { CustodyError, usageError } from '@custody/pipeline'
import type { Database } from './sqlite-driver.ts'

/** Names for conversations and entries that say nothing to whoever does not have the key: 16 bytes each. */
export interface IdentityHash {
  conversation(org: string, conversation: string): Uint8Array
  entry(org: string, conversation: string, entryId: string): Uint8Array
}

const MIN_KEY_BYTES = 16
const HASH_BYTES = 16

/** @throws CustodyError `LEDGER_KEY` (usage) */
export function createIdentityHash(key: Uint8Array | undefined): IdentityHash {
  if (key === undefined) return { conversation: noKey, entry: noKey }
  const secret = secretOf(key)
  // Entries come conversation by conversation.
  let last: { readonly org: string; readonly conversation: string; readonly hash: Uint8Array } | undefined
  return {
    conversation(org, conversation) {
      if (last?.org !== org || last.conversation !== conversation) {
        last = { org, conversation, hash: hash(secret, 'conversation', org, conversation) }
      }
      return last.hash
    },
    entry: (org, conversation, entryId) => hash(secret, 'entry', org, conversation, entryId),
  }
}

/**
 * Notes at the first opening which key it is, and compares it later: under another key every entry would be a stranger,
 * and all that is known would count as vanished.
 *
 * @throws CustodyError of kind refused, `LEDGER_KEY_CHANGED`.
 */
export function assertSameKey(database: Database, key: Uint8Array, readOnly: boolean): void {
  const check = hash(secretOf(key), 'ledger key')
  const known = database.prepare('select key_check from ledger').get<{ readonly key_check: Uint8Array | null }>()
  if (known?.key_check == null) {
    if (!readOnly) database.write(() => database.prepare('update ledger set key_check = ?').run(check))
  } else if (Buffer.compare(known.key_check, check) !== 0) {
    throw new CustodyError('LEDGER_KEY_CHANGED', `${database.path} was written with another key.`, {
      kind: 'refused',
      actions: ['Give the key it was made with.'],
    })
  }
}

function secretOf(key: Uint8Array): KeyObject {
  if (key instanceof Uint8Array && key.length >= MIN_KEY_BYTES) return createSecretKey(key)
  throw usageError('LEDGER_KEY', `openLedger: key must have at least ${MIN_KEY_BYTES} bytes.`)
}

// Written as JSON no two lists are the same text, not even with halves of surrogate pairs in them.
function hash(key: KeyObject, ...parts: readonly string[]): Uint8Array {
  return createHmac('sha256', key).update(JSON.stringify(parts)).digest().subarray(0, HASH_BYTES)
}

function noKey(): never {
  throw usageError('LEDGER_KEY', 'A ledger opened without its key can only be looked at.', 'Give `key` to openLedger.')
}
