import { randomBytes } from 'node:crypto'
import { type Clock, systemClock, usageError } from '@custody/pipeline'
import type { MakeSeal } from './make-seal.ts'
import type { ArchiveContainer } from './options.ts'
import type { Pages } from './page.ts'
import type { Tombstone } from './tombstone.ts'
import { verify } from './verify.ts'
import type { VerifyOptions, VerifyReport } from './verify-report.ts'

/** What goes from which archive, and why. */
export interface ErasureOptions {
  /** The archive: a folder or a ZIP. A link to it is followed. */
  readonly archive: string
  /** Conversations to erase, by identifier, as it stands in the archive. @defaultValue none */
  readonly conversations?: readonly string[]
  /** Conversations to erase, by the index of their record. @defaultValue none */
  readonly records?: readonly number[]
  /** Why, as a code: `a-z`, `0-9`, `-`, at most 60 characters, e.g. `gdpr-17-1-b`. It stays in the archive for good. */
  readonly basis: string
  /** What the request is called elsewhere: letters, digits, `.`, `_`, `-`, at most 80. Opaque: no name, nothing of what goes. */
  readonly reference: string | null
  /** Who erases, as an id in the same form as {@link reference}. */
  readonly operator: string
  /** `ER-` and 16 letters of base32. @defaultValue a random one */
  readonly erasureId?: string
  /** Seals what was made. May be left out only for an archive that bears no seal. @defaultValue none */
  readonly seal?: MakeSeal | null
  /** Whether to tell only what would go, and write nothing. @defaultValue false */
  readonly plan?: boolean
  /** Who makes the pages of the archive anew, from what stays. Has to be given for each page that it has. @defaultValue none */
  readonly pages?: Pages
  /**
   * How the archive is verified before it is touched, and the new one before it takes the place of the old one.
   * @defaultValue {@link verify}; give one of your own to name the keys that are trusted
   */
  readonly verify?: (path: string, options: VerifyOptions) => Promise<VerifyReport>
  readonly clock?: Clock
  /** Random bytes, for the erasure's id. @defaultValue `randomBytes` of node:crypto */
  readonly random?: (bytes: number) => Uint8Array
  readonly signal?: AbortSignal
  /** Told how many files of a step are done. @defaultValue nobody is told */
  readonly onProgress?: (progress: ErasureProgress) => void
}

/** `verify` looks at the old archive, `find` looks for the records, `check` verifies the new one. */
export interface ErasureProgress {
  readonly step: 'verify' | 'find' | 'write' | 'pack' | 'check' | 'replace'
  /** Files done in this step. */
  readonly files: number
}

/** What goes. */
export interface ErasureCounts {
  /** Lines of the master: one a conversation. */
  readonly lines: number
  /** Rows of `data/csv/` and lines of redactions.jsonl. */
  readonly rows: number
  /** Rows and lines of the other reports that stay and no longer say of whom. */
  readonly anonymised: number
  /** Files of `data/attachments/`. */
  readonly files: number
  /** Bytes of these lines, rows and files. */
  readonly bytes: number
}

/** What an erasure did to an archive, or with `planned` would do. */
export interface ErasureResult {
  readonly path: string
  readonly name: string
  readonly container: ArchiveContainer
  /** True where this only tells what would go. */
  readonly planned: boolean
  readonly erasureId: string
  /** The records erased now, ascending. */
  readonly indexes: readonly number[]
  /** Conversations asked for that have no line here: reports named them, and no longer do. */
  readonly named: number
  /** Asked for by index, and erased before. */
  readonly alreadyErased: readonly Tombstone[]
  /** Records of this archive that are erased now, those of earlier erasures included. */
  readonly erased: number
  readonly removed: ErasureCounts
  /**
   * Conversations that stay and whose line, or lines of the audit log that, name the identifier or record id of an erased
   * one. Their bytes are bound by the leaves and by the log's own chain, so they cannot be changed: look into them.
   */
  readonly namedElsewhere: number
  /** Null for the plan of an archive that has transcripts: their page is made only when the rest is written. */
  readonly payloadOxum: string | null
  /** What identifies the archive now; null for a plan. */
  readonly tagManifestSha256: string | null
  /** Size of the new ZIP, or of all files of the folder; null for a plan. */
  readonly bytes: number | null
  /** Unfinished archives of this name beside it. They may hold what was erased here; they are not touched. */
  readonly leftovers: readonly string[]
}

export interface ErasureSettings
  extends Required<Omit<ErasureOptions, 'conversations' | 'records' | 'random' | 'signal'>> {
  readonly conversations: ReadonlySet<string>
  readonly records: ReadonlySet<number>
  readonly signal: AbortSignal | undefined
}

const plain = /^[A-Za-z0-9._-]{1,80}$/
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
const ID_LETTERS = 16

/**
 * Checks options before anything is read.
 *
 * @throws CustodyError of kind usage.
 */
export function erasureSettings(options: ErasureOptions): ErasureSettings {
  const { archive, basis, reference, operator, random = randomBytes } = options
  const conversations = new Set(options.conversations)
  const records = new Set(options.records)
  if (conversations.size + records.size === 0) {
    throw usageError('ERASE_NOTHING', 'erase: no conversation was named', 'Name one by its identifier or its index.')
  }
  for (const index of records) {
    if (!Number.isSafeInteger(index) || index < 0) {
      throw usageError('ERASE_RECORD', 'erase: an index of a record has to be a whole number from 0')
    }
  }
  if (!/^[a-z0-9-]{1,60}$/.test(basis)) {
    throw usageError('ERASE_BASIS', 'erase: basis has to be 1 to 60 characters of a-z, 0-9 and -, such as gdpr-17-1-b')
  }
  if (reference !== null && !plain.test(reference)) {
    throw usageError('ERASE_REFERENCE', 'erase: reference has to be 1 to 80 letters, digits, dots, - or _')
  }
  if (!plain.test(operator)) {
    throw usageError('ERASE_OPERATOR', 'erase: operator has to be an id: 1 to 80 letters, digits, dots, - or _')
  }
  const erasureId = options.erasureId ?? newErasureId(random)
  if (!/^ER-[A-Z2-7]{16}$/.test(erasureId)) {
    throw usageError('ERASE_ID', 'erase: erasureId has to be ER- and 16 letters of A-Z and 2-7')
  }
  return {
    archive,
    conversations,
    records,
    basis,
    reference,
    operator,
    erasureId,
    seal: options.seal ?? null,
    plan: options.plan ?? false,
    pages: options.pages ?? {},
    verify: options.verify ?? verify,
    clock: options.clock ?? systemClock,
    signal: options.signal,
    onProgress: options.onProgress ?? (() => undefined),
  }
}

/** 80 random bits: no two erasures of an org share an id. */
function newErasureId(random: (bytes: number) => Uint8Array): string {
  // Five bits of each byte: 256 is a multiple of 32, so all letters are equally likely.
  return `ER-${Array.from(random(ID_LETTERS), (byte) => alphabet[byte % alphabet.length]).join('')}`
}
