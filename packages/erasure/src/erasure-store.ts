import type {
  Day,
  ErasureRequest,
  ExtensionReason,
  Measure,
  NewErasureRequest,
  RequestState,
} from './erasure-request.ts'
import type { Hold, NewHold } from './hold.ts'
import type { Target } from './target.ts'

/** Something that happened, in order: the report is made of these. Identifiers of the trade, codes and counts alone. */
export interface ErasureEvent {
  /** Its number in the store, for good. They grow, and need not follow one another. */
  readonly n: number
  readonly at: string
  /** Null for what is about holds. */
  readonly request: string | null
  /** {@link Target.pseudonym} of what it is about; null for a request or a hold as a whole. */
  readonly target: string | null
  /** `request-added`, `candidates-found`, `candidates-selected`, `plan-made`, `plan-approved`, `call-sent`, `call-answered`, `log-read`, `read-back`, … */
  readonly act: string
  /** Who, as an id; null for Custody itself. */
  readonly operator: string | null
  readonly detail: Readonly<Record<string, string | number | boolean | null>>
}

/** What a caller says of an event; the store adds when and about what. */
export type NewErasureEvent = Pick<ErasureEvent, 'act' | 'operator' | 'detail'>

/** `added`; `known`: the very same is there already; `differs`: another one has its reference, and nothing was done. */
export type AddedRequest = 'added' | 'known' | 'differs'

/** That somebody approved one plan, by its digest. `at` is ISO 8601, UTC. */
export interface Approval {
  /** SHA-256 of the plan's bytes, hex. */
  readonly planDigest: string
  readonly operator: string
  readonly at: string
}

/**
 * What is remembered of requests, targets and holds, durably: every method's effect is on the disk before it returns. What
 * identifies a person is kept sealed (AES-256-GCM) and removed when its request is closed; afterwards keyed hashes stand for it.
 */
export interface ErasureStore {
  /** False where the very same request is there already; another one under its reference is refused, `ERASURE_REQUEST_DIFFERS`. */
  addRequest(request: NewErasureRequest): Promise<boolean>
  /** The same for many, in one transaction: what became of each. */
  addRequests(requests: readonly NewErasureRequest[]): Promise<readonly AddedRequest[]>
  /** Other requests, neither closed nor withdrawn, that name one of the same identifiers. */
  requestsSharing(reference: string): Promise<readonly string[]>
  request(reference: string): Promise<ErasureRequest | null>
  requests(filter?: { readonly state?: RequestState }): Promise<readonly ErasureRequest[]>
  /** `withdrawn` forgets the person as {@link close} does, and is refused once something was sent. Both are final. */
  setState(reference: string, state: RequestState, by: NewErasureEvent): Promise<void>
  /** Moves the due day, once, with why and by whom: `ERASURE_REQUEST_STATE` the second time. */
  extend(
    reference: string,
    extension: { readonly dueOn: Day; readonly reason: ExtensionReason; readonly operator: string },
  ): Promise<void>

  /** Replaces the targets that nothing was sent for yet. Ids of records are kept in their form of 18 characters. */
  setTargets(reference: string, targets: readonly Pick<Target, 'kind' | 'id'>[]): Promise<void>
  targets(filter?: { readonly request?: string }): Promise<readonly Target[]>
  /** What a record is called here, {@link Target.pseudonym}: by it a record that is at hand is known again after the closing. */
  pseudonymFor(target: Pick<Target, 'kind' | 'id'>): string
  /** A keyed hash of a text: whether another one is the same can be told with the key alone. */
  commitmentTo(text: string): string
  /**
   * Writes one step of one target, with its event, in one transaction. Before the step is taken. `called` counts a call. The outcome
   * `erased` is only for the state `confirmed`.
   */
  moveTarget(
    target: Pick<Target, 'request' | 'kind' | 'id'>,
    change: Partial<Pick<Target, 'state' | 'outcome' | 'ground' | 'user' | 'logId'>> & { readonly called?: boolean },
    event: NewErasureEvent,
  ): Promise<Target>

  /**
   * Keeps, sealed, what has to be known to read back a deletion and can only be asked before it. Replaces what was kept. Gone with the
   * request's identifiers.
   */
  keepTraces(target: Pick<Target, 'request' | 'kind' | 'id'>, traces: Uint8Array): Promise<void>
  traces(target: Pick<Target, 'request' | 'kind' | 'id'>): Promise<Uint8Array | null>

  /** The plan that stands from now on, and what it is a plan of. @defaultValue of `measure`: `erase` */
  savePlan(reference: string, planDigest: string, plan: Uint8Array, measure?: Measure): Promise<void>
  /** The plan that stands, byte for byte; null before the first. Once the request was closed `bytes` is null. */
  plan(reference: string): Promise<{ readonly digest: string; readonly bytes: Uint8Array | null } | null>
  /** Refused where another plan stands by now, `ERASURE_PLAN_CHANGED`. The same operator counts once. */
  approve(reference: string, approval: Omit<Approval, 'at'>): Promise<readonly Approval[]>
  /** Those of the plan that stands. */
  approvals(reference: string): Promise<readonly Approval[]>

  addHold(hold: NewHold): Promise<Hold>
  /**
   * Releases a hold now, or lets it end on an earlier day than it would. Where two persons are needed the first call asks and the hold
   * holds on; the same call of another operator releases.
   */
  releaseHold(id: string, by: { readonly operator: string; readonly on?: Day | null }): Promise<Hold>
  holds(filter?: { readonly active?: boolean }): Promise<readonly Hold[]>

  note(event: NewErasureEvent & { readonly request: string | null }): Promise<void>
  /** `holds`: those alone that are about a hold, of ours or of the org: placed, ended, and each time one kept something from going. */
  events(filter?: { readonly request?: string; readonly holds?: boolean }): AsyncIterable<ErasureEvent>

  /**
   * Closes a request: what identifies the person goes, keyed hashes of record ids stay. Refused while a target is pending,
   * `ERASURE_REQUEST_STATE`.
   */
  close(reference: string): Promise<void>

  /** Keyed hashes of end users that must not come back into an archive. */
  suppress(endUserIds: readonly string[]): Promise<void>
  isSuppressed(endUserId: string): Promise<boolean>

  [Symbol.asyncDispose](): Promise<void>
}
