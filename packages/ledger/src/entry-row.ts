import { CustodyError, usageError } from '@custody/pipeline'
import type { EntrySeen } from './entry-seen.ts'
import type { IdentityHash } from './identity-hash.ts'
import { instantToMs, msToInstant } from './time-range.ts'

/** An entry as it is stored. */
export interface EntryRow {
  readonly sentAt: number
  readonly key: Uint8Array
  readonly conversation: Uint8Array
  readonly digest: Uint8Array
}

export interface EntryPlace {
  readonly org: string
  /** The time all entries have to lie in, epoch milliseconds. */
  readonly opens: number
  readonly closes: number
}

const DIGEST_BYTES = 32
/** Stands for a digest nobody knows: no entry has it, and any other goes before it. */
export const UNKNOWN_DIGEST: Uint8Array = new Uint8Array(DIGEST_BYTES).fill(0xff)
const MAX_IDENTIFIER = 4_096

/**
 * @throws CustodyError `LEDGER_ENTRY` (usage) for what is no entry, `LEDGER_ENTRY_OUTSIDE_WINDOW` for one of another time.
 */
export function toEntryRow(seen: EntrySeen, { org, opens, closes }: EntryPlace, hash: IdentityHash): EntryRow {
  const { conversation, entryId } = seen
  const digest = seen.digest === null ? UNKNOWN_DIGEST : seen.digest
  const sentAt = instantToMs(seen.sentAt)
  if (
    sentAt === null ||
    !isIdentifier(conversation) ||
    !isIdentifier(entryId) ||
    !(digest instanceof Uint8Array && digest.length === DIGEST_BYTES)
  ) {
    throw usageError(
      'LEDGER_ENTRY',
      'An entry needs a conversation, an entryId, sentAt like 2026-10-01T00:00:00.000Z and a digest of 32 bytes.',
    )
  }
  if (sentAt < opens || sentAt >= closes) {
    throw new CustodyError(
      'LEDGER_ENTRY_OUTSIDE_WINDOW',
      `${org}: an entry sent at ${seen.sentAt} is not of ${msToInstant(opens)} to ${msToInstant(closes)}.`,
      { kind: 'usage', actions: ['Record each entry with the run whose window holds it.'] },
    )
  }
  return {
    sentAt,
    key: hash.entry(org, conversation, entryId),
    conversation: hash.conversation(org, conversation),
    digest,
  }
}

function isIdentifier(value: unknown): boolean {
  return typeof value === 'string' && value !== '' && value.length <= MAX_IDENTIFIER
}
