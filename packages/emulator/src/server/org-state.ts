import type { Clock } from '@custody/pipeline'
import type { Switches } from '../assumptions.ts'
import type { Data360State } from '../data360/data360-state.ts'
import type { Deletions, DeletionTarget } from '../deletion/deletions.ts'
import type { Faults } from '../faults/faults.ts'
import type { LossBook } from '../faults/lossy.ts'
import type { Limits } from '../limits.ts'
import type { Schema } from '../soql/schema.ts'
import type { World } from '../world/world.ts'
import type { ActiveConversations } from './active-conversations.ts'
import type { BulkJobs } from './bulk-jobs.ts'
import type { CallLog } from './calls.ts'
import type { OauthSwitches } from './oauth-switches.ts'
import type { Cursors } from './query-route.ts'
import type { RefreshTokens } from './refresh-tokens.ts'
import type { SlidingWindow } from './sliding-window.ts'
import type { TokenIssuer } from './tokens.ts'

/** What a registered app signs in with. */
export interface Credentials {
  readonly clientId: string
  readonly clientSecret: string
  /** The app's execution user, who may sign in by password as well. */
  readonly username: string
  readonly password: string
  /** Stands behind the password where a sign-in comes from a network that is not trusted. */
  readonly securityToken: string
  /** From a sign-in that somebody made elsewhere. */
  readonly refreshToken: string
  /** For the JWT bearer flow, in PEM. */
  readonly privateKey: string
}

/** Everything the routes share. */
export interface OrgState {
  readonly world: World
  schema: Schema
  /** Who was asked to be forgotten, and what is gone. */
  readonly deletions: Deletions
  readonly switches: Switches
  readonly limits: Limits
  readonly clock: Clock
  readonly credentials: readonly Credentials[]
  readonly tokens: TokenIssuer
  readonly oauth: OauthSwitches
  readonly refreshTokens: RefreshTokens
  readonly data360: Data360State
  readonly cursors: Cursors
  readonly calls: CallLog
  readonly active: ActiveConversations
  /** The last minute of a user's requests to `conversation-entries`. */
  minuteOf(user: number): SlidingWindow
  /** The last hour of a user's requests to delete. */
  deletesOf(user: number): Readonly<Record<DeletionTarget['kind'], SlidingWindow>>
  /** The last hour and the last day of a user's requests to Connect REST. */
  connectWindowsOf(user: number): { readonly hour: SlidingWindow; readonly day: SlidingWindow }
  readonly jobs: BulkJobs
  /** What sources leave out without a word. */
  readonly losses: LossBook
  faults: Faults
  /** How many pages came empty although more followed. */
  readonly emptyPages: { served: number }
  /** Base of login and `/services/data`. */
  instanceUrl: string
  /** Base of the API gateway. */
  apiUrl: string
  /** Base of the tenant of Data 360. */
  tenantUrl: string
  /** Base of somebody else's server. */
  foreignUrl: string
}
