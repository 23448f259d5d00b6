import { join } from 'node:path'
import { type Clock, systemClock, usageError } from '@custody/pipeline'
import { amendments, amendmentsOf, retractAmendments, toHex } from './amendments.ts'
import { auditHead, setAuditHead } from './audit-heads.ts'
import { compareEntries } from './compare-entries.ts'
import { type DirectoryLock, type LockHolder, lockDirectory } from './directory-lock.ts'
import { fillGaps, gaps, recordGaps } from './gaps.ts'
import { assertSameKey, createIdentityHash } from './identity-hash.ts'
import { checkLedger, type LedgerFinding } from './ledger-check.ts'
import { type LedgerRepair, repairLedger } from './ledger-repair.ts'
import { LEDGER_APPLICATION_ID, ledgerMigrations } from './ledger-schema.ts'
import type { LedgerStore } from './ledger-store.ts'
import { openDatabase } from './open-database.ts'
import { recordEntries } from './record-entries.ts'
import { beginRun, commitRun, endRun, resumeRun, runs, unfinishedRun } from './runs.ts'
import { writeSnapshot } from './snapshot.ts'
import type { Database } from './sqlite-driver.ts'
import { leastRecentlyAudited, openWindow, seal, settleWindow, windows } from './windows.ts'

/** Where a ledger lies, and the key of its hashes. */
export interface OpenLedgerOptions {
  /** The state directory, on a disk of this machine; made where it is not there. */
  readonly directory: string
  /**
   * Under which identifiers are hashed: 16 bytes or more, secret, the same for good. Without it runs, windows and gaps can be
   * looked at, and no entry recorded or compared.
   */
  readonly key?: Uint8Array
  /** To look only: takes no lock, changes nothing. @defaultValue `false` */
  readonly readOnly?: boolean
  readonly clock?: Clock
}

/** The ledger of one machine, in a file. */
export interface Ledger extends LedgerStore, AsyncDisposable {
  /** A process that died without closing this ledger. */
  readonly takenOverFrom: LockHolder | null
  /** Writes a copy to `path`, which must not be there. @throws CustodyError of kind refused, `LEDGER_SNAPSHOT_EXISTS`. */
  snapshot(path: string): Promise<void>
  /** Reads all of it, and says what is wrong. */
  check(): Promise<readonly LedgerFinding[]>
  /** Does what is provably safe: no row that counts is touched. */
  repair(): Promise<LedgerRepair>
}

/**
 * Opens the ledger of a state directory. One process writes; any number may look.
 *
 * @throws CustodyError `LEDGER_LOCKED`, `LEDGER_NEWER`, `LEDGER_OLDER`, `LEDGER_FOREIGN`, `LEDGER_KEY_CHANGED`,
 * `LEDGER_NETWORK_FILE_SYSTEM` (refused), `LEDGER_NOT_FOUND`, `LEDGER_DAMAGED`, `LEDGER_DISK`, `LEDGER_SETTINGS`,
 * `LEDGER_OPTIONS`, `LEDGER_KEY` (usage)
 */
export async function openLedger(options: OpenLedgerOptions): Promise<Ledger> {
  const { directory, key, readOnly = false, clock = systemClock } = options
  if (typeof directory !== 'string' || directory === '') {
    throw usageError('LEDGER_OPTIONS', 'openLedger: directory must name the state directory.')
  }
  createIdentityHash(key)
  const lock = readOnly ? null : lockDirectory(directory, clock)
  const open = (forReading: boolean): Database =>
    openDatabase({
      path: join(directory, 'ledger.sqlite'),
      applicationId: LEDGER_APPLICATION_ID,
      migrations: ledgerMigrations,
      readOnly: forReading,
    })
  let database: Database | undefined
  try {
    database = open(readOnly)
    if (key !== undefined) assertSameKey(database, key, readOnly)
    return ledgerOn(database, () => open(true), lock, options)
  } catch (error) {
    database?.close()
    lock?.release()
    throw error
  }
}

function ledgerOn(
  database: Database,
  openReader: () => Database,
  lock: DirectoryLock | null,
  { key, clock = systemClock }: OpenLedgerOptions,
): Ledger {
  const hash = createIdentityHash(key)
  const close = async (): Promise<void> => {
    database.close()
    lock?.release()
  }
  return {
    takenOverFrom: lock?.takenOverFrom ?? null,
    async beginRun(run) {
      const begun = beginRun(database, run, clock)
      lock?.nameRun(begun.id)
      return begun
    },
    async resumeRun(id) {
      const resumed = await resumeRun(database, id)
      lock?.nameRun(id)
      return resumed
    },
    commitRun: async (id, archived) => commitRun(database, id, archived, clock),
    endRun: async (id, ended) => endRun(database, id, ended, clock),
    runs: async (filter = {}) => runs(database, filter),
    unfinishedRun: async (job) => unfinishedRun(database, job),

    openWindow: async (window) => openWindow(database, window),
    settleWindow: async (id) => settleWindow(database, id),
    sealWindow: async (id, sealed) => database.write(() => seal(database, id, sealed, clock)),
    windows: async ({ org }) => windows(database, org),
    leastRecentlyAudited: async ({ org, share }) => leastRecentlyAudited(database, org, share),

    recordEntries: (runId, rows, { signal } = {}) => recordEntries({ database, hash, runId, rows, signal }),
    compareEntries: (comparing) => compareEntries({ ...comparing, database, hash, openReader }),
    amendments: (filter) => amendments(database, filter),
    amendmentsOf: async (runId, rows) => amendmentsOf(database, hash, runId, rows),
    retractAmendments: async (runId, rows) => retractAmendments(database, hash, runId, rows),

    recordGaps: (runId, found) => recordGaps(database, hash, runId, found),
    fillGaps: (runId, ids) => fillGaps(database, runId, ids),
    gaps: (filter) => gaps(database, filter),

    auditHead: async (org) => auditHead(database, org),
    setAuditHead: async (org, head) => setAuditHead(database, org, head),

    nameOf: ({ org, conversation, entryId }) =>
      toHex(entryId === undefined ? hash.conversation(org, conversation) : hash.entry(org, conversation, entryId)),

    snapshot: async (path) => writeSnapshot(database, path),
    check: async () => checkLedger(database),
    repair: () => repairLedger(database),
    close,
    [Symbol.asyncDispose]: close,
  }
}
