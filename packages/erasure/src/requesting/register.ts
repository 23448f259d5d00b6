import { stringify } from 'csv-stringify/sync'
import { addMonths, dayOf } from '../day.ts'
import type { Day, ErasureRequest, Manner } from '../erasure-request.ts'
import type { Target } from '../target.ts'

/** For so long, at least, the records of requests are kept: 11 CCR 7101(a). */
export const registerMonths = 24

/** How the business answered. */
export type NatureOfResponse =
  | 'open'
  | 'complied'
  | 'complied-in-part'
  | 'denied'
  | 'not-confirmed'
  | 'nobody-found'
  | 'withdrawn'

/** One request, by the columns of 11 CCR 7101(b). It holds no personal data. */
export interface RegisterRow {
  readonly reference: string
  readonly received_on: Day
  readonly nature_of_request: 'deletion-of-person' | 'deletion-of-conversations'
  readonly manner: Manner | ''
  readonly jurisdiction: string
  readonly regime: string
  readonly due_on: Day
  readonly responded_on: Day | ''
  readonly nature_of_response: NatureOfResponse
  /** Codes, separated by spaces: on which grounds records were not erased. */
  readonly basis_of_denial: string
  readonly erased: number
  readonly masked: number
  readonly withheld: number
  readonly failed: number
  readonly unverifiable: number
}

/** The columns, in their order. */
export const registerColumns: readonly (keyof RegisterRow)[] = [
  'reference',
  'received_on',
  'nature_of_request',
  'manner',
  'jurisdiction',
  'regime',
  'due_on',
  'responded_on',
  'nature_of_response',
  'basis_of_denial',
  'erased',
  'masked',
  'withheld',
  'failed',
  'unverifiable',
]

/** The first day that the register of today has to reach back to. */
export function registerSince(today: Day): Day {
  return addMonths(today, -registerMonths)
}

/** The requests that were received, answered or open since that day, oldest first. */
export function register(
  requests: readonly ErasureRequest[],
  targets: readonly Target[],
  since: Day,
): readonly RegisterRow[] {
  const byRequest = Map.groupBy(targets, ({ request }) => request)
  return requests
    .filter(({ receivedOn, closedAt }) => receivedOn >= since || closedAt === null || closedAt.slice(0, 10) >= since)
    .map((request) => toRow(request, byRequest.get(request.reference) ?? []))
    .sort((one, other) =>
      `${one.received_on} ${one.reference}`.localeCompare(`${other.received_on} ${other.reference}`),
    )
}

function toRow(request: ErasureRequest, targets: readonly Target[]): RegisterRow {
  const count = (outcome: Target['outcome']): number => targets.filter((target) => target.outcome === outcome).length
  const denied = targets.filter(({ outcome }) => outcome === 'withheld' || outcome === 'failed')
  return {
    reference: request.reference,
    received_on: request.receivedOn,
    nature_of_request: request.about === 'person' ? 'deletion-of-person' : 'deletion-of-conversations',
    manner: request.manner ?? '',
    jurisdiction: request.jurisdiction ?? '',
    regime: request.regime,
    due_on: request.dueOn,
    responded_on: request.closedAt === null ? '' : dayOf(Date.parse(request.closedAt)),
    nature_of_response: natureOfResponse(request, targets),
    basis_of_denial: [...new Set(denied.map(({ ground }) => ground ?? 'unknown'))].sort().join(' '),
    erased: count('erased'),
    masked: count('masked'),
    withheld: count('withheld'),
    failed: count('failed'),
    unverifiable: count('unverifiable'),
  }
}

function natureOfResponse({ state }: ErasureRequest, targets: readonly Target[]): NatureOfResponse {
  if (state === 'withdrawn') return 'withdrawn'
  if (state !== 'closed') return 'open'
  const found = targets.filter(({ outcome }) => outcome !== 'no-match')
  if (found.length === 0) return 'nobody-found'
  const outcomes = new Set(found.map(({ outcome }) => outcome))
  if (outcomes.has('unverifiable')) return 'not-confirmed'
  // The records are there still, and personal data in their texts is not.
  if (outcomes.has('masked')) return 'complied-in-part'
  if (!outcomes.has('erased')) return 'denied'
  return outcomes.size === 1 ? 'complied' : 'complied-in-part'
}

/** The register as CSV, with a header. */
export function registerCsv(rows: readonly RegisterRow[]): string {
  return stringify([...rows], { header: true, columns: [...registerColumns] })
}
