import { dayOf } from '../day.ts'
import type { ErasureRequest } from '../erasure-request.ts'
import type { Approval, ErasureEvent } from '../erasure-store.ts'
import { requestStatuses } from '../requesting/request-status.ts'
import type { Outcome, Target } from '../target.ts'
import type { ErasureReport, ReportedArchives, ReportVerdict, RequestReport } from './erasure-report.ts'
import { reportVerdicts } from './erasure-report.ts'
import { planFacts, planKeptAct, readPlanKept } from './plan-facts.ts'
import { summaryOf, whyOf } from './wording.ts'

/** Everything that is remembered of one request. */
export interface ReportedRequest {
  readonly request: ErasureRequest
  readonly targets: readonly Target[]
  readonly events: readonly ErasureEvent[]
  readonly approvals: readonly Approval[]
  /** The plan that stands; `bytes` are null once the request was closed. */
  readonly plan: { readonly digest: string; readonly bytes: Uint8Array | null } | null
}

/** The report of some requests, out of what is remembered of them. `now` is in epoch milliseconds. */
export function composeReport(
  requests: readonly ReportedRequest[],
  { org, now, signer = null }: { readonly org: string; readonly now: number; readonly signer?: string | null },
): ErasureReport {
  const today = dayOf(now)
  const byReference = new Map(requests.map((each) => [each.request.reference, each]))
  const statuses = requestStatuses(
    requests.map(({ request }) => request),
    requests.flatMap(({ targets }) => targets),
    today,
  )
  const reports = statuses.flatMap(({ reference, daysLeft, overdue, outcomes }) => {
    const source = byReference.get(reference)
    return source === undefined ? [] : [requestReport(source, { daysLeft, overdue, outcomes })]
  })
  const verdicts = Object.fromEntries(reportVerdicts.map((verdict) => [verdict, 0])) as Record<ReportVerdict, number>
  const outcomes = { pending: 0, erased: 0, masked: 0, withheld: 0, failed: 0, unverifiable: 0, 'no-match': 0 }
  for (const report of reports) {
    verdicts[report.verdict] += 1
    for (const { outcome } of report.records) outcomes[outcome] += 1
  }
  const overdue = reports.filter((report) => report.overdue).length
  return {
    v: 1,
    org,
    madeAt: new Date(now).toISOString(),
    today,
    signer,
    totals: { requests: reports.length, overdue, verdicts, outcomes },
    requests: reports,
  }
}

function requestReport(
  { request, targets, events, approvals, plan }: ReportedRequest,
  status: Pick<RequestReport, 'daysLeft' | 'overdue' | 'outcomes'>,
): RequestReport {
  const isInPart = targets.some(({ outcome, ground }) => outcome === 'masked' && ground !== null)
  const verdict = verdictOf(request, status.outcomes, isInPart)
  const kept = events.findLast(({ act }) => act === planKeptAct)
  const added = events.find(({ act }) => act === 'request-added')?.detail['identifiers']
  return {
    reference: request.reference,
    about: request.about,
    measure: request.measure,
    extension: request.extension,
    regime: request.regime,
    jurisdiction: request.jurisdiction,
    manner: request.manner,
    receivedOn: request.receivedOn,
    dueOn: request.dueOn,
    state: request.state,
    addedAt: request.addedAt,
    closedAt: request.closedAt,
    ...status,
    verdict,
    summary: summaryOf(verdict, status.outcomes, request.state),
    identifiers: typeof added === 'number' ? added : null,
    records: targets.map(({ request: _, id: __, ...target }) => ({ ...target, why: whyOf(target.ground) })),
    planned: plan?.bytes ? planFacts(plan.bytes) : kept === undefined ? null : readPlanKept(kept.detail),
    planDigest: plan?.digest ?? null,
    approvals,
    archives: archivesOf(events),
    evidence: events.map(({ request: _, ...event }) => event),
  }
}

/** The worst of what its records came to. What nobody can prove goes before everything but what is still under way. */
function verdictOf(
  { state }: ErasureRequest,
  outcomes: Readonly<Record<Outcome, number>>,
  isInPart: boolean,
): ReportVerdict {
  if (state === 'withdrawn') return 'withdrawn'
  const hasBegun = state === 'running' || state === 'confirming' || state === 'closed'
  if (!hasBegun) return 'open'
  if (outcomes.pending > 0) return 'pending'
  if (outcomes.unverifiable > 0) return 'not-verifiable'
  const kept = outcomes.withheld + outcomes.failed
  if (outcomes.masked > 0) return kept > 0 || isInPart ? 'masked-in-part' : 'masked'
  if (outcomes.erased > 0) return kept > 0 ? 'erased-in-part' : 'erased'
  if (kept > 0) return 'not-erased'
  return state === 'closed' || outcomes['no-match'] > 0 ? 'nobody-found' : 'pending'
}

function archivesOf(events: readonly ErasureEvent[]): ReportedArchives {
  const erased = events.filter(({ act }) => act === 'archive-erased')
  const last = events.findLast(({ act }) => act === 'archives-ended')
  const figure = (key: string): number => {
    const value = last?.detail[key]
    return typeof value === 'number' ? value : 0
  }
  return {
    rewritten: erased.length,
    conversationsErased: erased.reduce((sum, { detail }) => sum + Number(detail['conversations'] ?? 0), 0),
    conversationsKept: figure('kept'),
    failed: figure('failed'),
    lastAt: last?.at ?? null,
  }
}
