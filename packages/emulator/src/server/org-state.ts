import type { Clock } from '@custody/pipeline'
import type { Switches } from '../assumptions.ts'
import type { Faults } from '../faults/faults.ts'
import type { Limits } from '../limits.ts'
import type { Schema } from '../soql/schema.ts'
import type { World } from '../world/world.ts'
import type { ActiveConversations } from './active-conversations.ts'
import type { CallLog } from './calls.ts'
import type { Cursors } from './query-route.ts'
import type { SlidingWindow } from './sliding-window.ts'
import type { TokenIssuer } from './tokens.ts'

/** What a registered app signs in with. */
export interface Credentials {
  readonly clientId: string
  readonly clientSecret: string
}

/** Everything the routes share. */
export interface OrgState {
  readonly world: World
  readonly schema: Schema
  readonly switches: Switches
  readonly limits: Limits
  readonly clock: Clock
  readonly credentials: readonly Credentials[]
  readonly tokens: TokenIssuer
  readonly cursors: Cursors
  readonly calls: CallLog
  readonly active: ActiveConversations
  /** The last minute of a user's requests to `conversation-entries`. */
  minuteOf(user: number): SlidingWindow
  readonly faults: Faults
  /** How many pages came empty although more followed. */
  readonly emptyPages: { served: number }
  /** Base of login and `/services/data`. */
  instanceUrl: string
  /** Base of the API gateway. */
  apiUrl: string
}
