import type { ErasureRequest, NewErasureRequest, RequestState } from './erasure-request.ts'
import type { Hold, NewHold } from './hold.ts'
import type { Target } from './target.ts'

/** Something that happened, in order: the report is made of these. Identifiers of the trade, codes and counts alone. */
export interface ErasureEvent {
  readonly at: string
  /** Null for what is about holds. */
  readonly request: string | null
  /** `request-added`, `candidates-found`, `candidates-selected`, `plan-made`, `plan-approved`, `call-sent`, `call-answered`, `log-read`, `read-back`, … */
  readonly act: string
  /** Who, as an id; null for Custody itself. */
  readonly operator: string | null
  readonly detail: Readonly<Record<string, string | number | boolean | null>>
}

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
  request(reference: string): Promise<ErasureRequest | null>
  requests(filter?: { readonly state?: RequestState }): Promise<readonly ErasureRequest[]>
  setState(reference: string, state: RequestState, by: Omit<ErasureEvent, 'at' | 'request'>): Promise<void>

  /** Replaces the targets that nothing was sent for yet. */
  setTargets(reference: string, targets: readonly Pick<Target, 'kind' | 'id'>[]): Promise<void>
  targets(filter?: { readonly request?: string }): Promise<readonly Target[]>
  /** Writes one step of one target, with its event, in one transaction. Before the step is taken. */
  moveTarget(
    target: Pick<Target, 'request' | 'kind' | 'id'>,
    change: Partial<Pick<Target, 'state' | 'outcome' | 'ground' | 'user' | 'logId'>> & { readonly called?: boolean },
    event: Omit<ErasureEvent, 'at' | 'request'>,
  ): Promise<Target>

  savePlan(reference: string, planDigest: string, plan: Uint8Array): Promise<void>
  /** The plan that stands, byte for byte; null before the first, and after the request was closed. */
  plan(reference: string): Promise<{ readonly digest: string; readonly bytes: Uint8Array } | null>
  approve(reference: string, approval: Omit<Approval, 'at'>): Promise<readonly Approval[]>
  approvals(reference: string): Promise<readonly Approval[]>

  addHold(hold: NewHold): Promise<Hold>
  releaseHold(id: string, by: { readonly operator: string; readonly confirmedBy: string | null }): Promise<Hold>
  holds(filter?: { readonly active?: boolean }): Promise<readonly Hold[]>

  note(event: Omit<ErasureEvent, 'at'>): Promise<void>
  events(filter?: { readonly request?: string }): AsyncIterable<ErasureEvent>

  /** Closes a request: what identifies the person goes, keyed hashes of record ids stay. */
  close(reference: string): Promise<void>

  /** Keyed hashes of end users that must not come back into an archive. */
  suppress(endUserIds: readonly string[]): Promise<void>
  isSuppressed(endUserId: string): Promise<boolean>

  [Symbol.asyncDispose](): Promise<void>
}
