import type { Day, ErasureRequest, RequestState } from '../erasure-request.ts'
import type { Outcome, Target } from '../target.ts'

/** Where a request stands. */
export interface RequestStatus {
  readonly reference: string
  readonly state: RequestState
  readonly receivedOn: Day
  readonly dueOn: Day
  /** Negative once it is overdue; null for one that has its end. */
  readonly daysLeft: number | null
  readonly overdue: boolean
  readonly closedAt: string | null
  /** How many targets have each outcome. */
  readonly outcomes: Readonly<Record<Outcome, number>>
}

/** Where all of them stand: overdue ones first, then by due date; those that have their end last. */
export function requestStatuses(
  requests: readonly ErasureRequest[],
  targets: readonly Target[],
  today: Day,
): readonly RequestStatus[] {
  const byRequest = Map.groupBy(targets, ({ request }) => request)
  return requests
    .map((request) => statusOf(request, byRequest.get(request.reference) ?? [], today))
    .sort((one, other) => order(one).localeCompare(order(other)))
}

function statusOf(
  { reference, state, receivedOn, dueOn, closedAt }: ErasureRequest,
  targets: readonly Target[],
  today: Day,
): RequestStatus {
  const daysLeft = closedAt === null ? (Date.parse(dueOn) - Date.parse(today)) / 86_400_000 : null
  const outcomes = { pending: 0, erased: 0, masked: 0, withheld: 0, failed: 0, unverifiable: 0, 'no-match': 0 }
  for (const { outcome } of targets) outcomes[outcome] += 1
  return {
    reference,
    state,
    receivedOn,
    dueOn,
    daysLeft,
    overdue: daysLeft !== null && daysLeft < 0,
    closedAt,
    outcomes,
  }
}

function order({ closedAt, dueOn, reference }: RequestStatus): string {
  return `${closedAt === null ? 0 : 1} ${dueOn} ${reference}`
}
