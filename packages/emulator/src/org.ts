import type { Clock } from '@custody/pipeline'
import type { Switches } from './assumptions.ts'
import type { Data360Switches } from './data360/data360-switches.ts'
import type { DeletionSwitches } from './deletion/deletion-switches.ts'
import type { DataExportOptions } from './exports/data-export.ts'
import type { TranscriptExportOptions } from './exports/transcript-export.ts'
import type { Losses } from './faults/lossy.ts'
import type { FaultRule, Scenario } from './faults/scenario.ts'
import type { Limits } from './limits.ts'
import type { Calls, CallsByUser } from './server/calls.ts'
import type { OauthSwitches } from './server/oauth-switches.ts'
import type { Credentials } from './server/org-state.ts'
import type { Snapshot } from './snapshot.ts'
import type { Truth } from './truth.ts'
import type { SessionsState } from './world/world.ts'

/** What the simulated org holds and what goes wrong in it. */
export interface EmulatorOptions {
  /** The same seed gives the same org, byte for byte. @defaultValue 1 */
  readonly seed?: number | string
  /** @defaultValue 60 */
  readonly conversations?: number
  /** The month the conversations spread over; a few run across its borders and a few lie outside. @defaultValue '2026-10' */
  readonly month?: string
  /** How many months, from that one on; `window` spans them all. @defaultValue 1 */
  readonly months?: number
  /** Entries of the longest conversations. @defaultValue 1_200 */
  readonly longEntries?: number
  /** What the org holds besides and what goes wrong: the name of a built-in scenario, or a scenario. @defaultValue 'calm' */
  readonly scenario?: string | Scenario | undefined
  /** On top of the scenario's. */
  readonly switches?: Partial<Switches>
  /** On top of the scenario's. */
  readonly limits?: Partial<Limits>
  /** On top of the scenario's. */
  readonly oauth?: Partial<OauthSwitches>
  /** On top of the scenario's. */
  readonly data360?: Partial<Data360Switches>
  /** On top of the scenario's. */
  readonly deletion?: Partial<DeletionSwitches>
  /** On top of the scenario's. */
  readonly world?: NonNullable<Scenario['world']>
  /** How many apps, each with its own execution user and so its own limits. @defaultValue 1 */
  readonly executionUsers?: number
  /** Port of login and instance. @defaultValue 0: any */
  readonly port?: number
  /** Port of the API gateway: another origin, as at Salesforce. @defaultValue 0: any */
  readonly apiPort?: number
  /** Port of the tenant of Data 360. @defaultValue 0: any */
  readonly tenantPort?: number
  /** @defaultValue `systemClock` */
  readonly clock?: Clock
  /** Sources of entries that leave something out without a word. @defaultValue none */
  readonly lossy?: Losses
}

/** A running org. */
export interface Org {
  /** Login and `instance_url`. */
  readonly url: string
  /** `api_instance_url`. */
  readonly apiUrl: string
  /** The tenant of Data 360, as the exchange tells it. */
  readonly tenantUrl: string
  readonly credentials: Credentials
  /** The credentials of every execution user; the first are {@link credentials}. */
  readonly allCredentials: readonly Credentials[]
  /** The public key of the access tokens' signatures, in PEM. */
  readonly tokenKey: string
  /** The month, as ISO instants, half-open. */
  readonly window: { readonly from: string; readonly to: string }
  /** What the org holds, told without HTTP. */
  readonly truth: Truth
  /** What was asked of it so far. */
  readonly calls: Calls
  /** The same, by user: how evenly a pool is used, and whether a limit of a user's was passed. */
  readonly callsByUser: CallsByUser
  /** How often a host was asked that is not the org's, and how often with a token. */
  readonly foreignRequests: { readonly count: number; readonly withToken: number }
  /** Requests to Data 360 at the same time, at most so far, and results that are kept. */
  readonly data360: { readonly peakConcurrency: number; readonly openQueries: number }
  /** Conversations active now, the most there were, and what the org can hold. */
  readonly activeConversations: {
    readonly now: number
    readonly peak: number
    readonly limit: number
    readonly exceeded: boolean
  }
  /** Adds a late entry to a conversation, by identifier or index; gives the entry's identifier. */
  append(conversation: string | number, entry?: AppendedEntry): string
  /**
   * Gives a message another text, as an update over Connect REST does.
   *
   * @throws CustodyError `EMULATOR_ENTRY`: no such entry, or none of plain text
   */
  edit(entryId: string, text: string): void
  /** Deletes an entry; the counts of its session follow. @throws CustodyError `EMULATOR_ENTRY` */
  remove(entryId: string): void
  /** What goes wrong from now on, in place of what did before. */
  setFaults(rules: readonly FaultRule[]): void
  /**
   * Opens the latest session of an end user, or ends all of theirs.
   *
   * @throws CustodyError `EMULATOR_OPTIONS`: no such end user
   */
  setSessions(endUserId: string, state: SessionsState): void
  /** What was asked to be deleted, and how it goes on. */
  readonly deletion: {
    /** Every id that a request was accepted for, in order. */
    readonly requests: readonly DeletionRequest[]
    /** Other switches from now on; those not named stay. @throws CustodyError `SCENARIO_INVALID` */
    set(change: Partial<DeletionSwitches>): void
  }
  /** Digests of all that the org holds, by whose it is: compared with {@link changedOwners}, before and after something. */
  snapshot(): Snapshot
  /** Writes an export of all transcripts into a directory, in a layout that could be; gives the paths. */
  transcriptExport(options: TranscriptExportOptions): Promise<readonly string[]>
  /** Writes the classic Data Export, `WE_<orgId>_<n>.ZIP`, into a directory; gives the paths. */
  dataExport(options: DataExportOptions): Promise<readonly string[]>
  /** Makes every token issued so far worthless. */
  revokeTokens(): void
  close(): Promise<void>
}

/** One id that a request to delete was accepted for. */
export interface DeletionRequest {
  /** `ConversationApiLog.Id` */
  readonly logId: string
  readonly kind: 'end-user' | 'conversation'
  /** 18 characters. */
  readonly recordId: string
  /** Id of the execution user who asked. */
  readonly user: string
  /** ISO instant. */
  readonly requestedAt: string
  /** ISO instant. */
  readonly completesAt: string
  /** What comes of it, whatever the log says. */
  readonly fate: 'erased' | 'failed' | 'nothing'
}

/** An entry that is added to a conversation while the org runs. */
export interface AppendedEntry {
  /** @defaultValue something believable */
  readonly text?: string
  /** @defaultValue 'EndUser' */
  readonly role?: 'EndUser' | 'Agent'
  /** ISO instant. @defaultValue a second after the last entry */
  readonly sentAt?: string
}
