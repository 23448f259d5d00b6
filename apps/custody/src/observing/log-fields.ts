import type { ConsoleEvent } from '../console.ts'

/**
 * What of a field is logged: `one` scalar or a list of them; `figures`, numbers under whatever names; or of an object (or a list of
 * them) the fields named.
 */
type Shape = 'one' | 'figures' | Fields
interface Fields {
  readonly [name: string]: Shape
}

const ones = (...names: readonly string[]): Fields => Object.fromEntries(names.map((name) => [name, 'one' as const]))

const windows = ones('from', 'to')
const parts = { parts: ones('from', 'to', 'source') }
const run = { ...windows, ...ones('runId', 'source') }
const stage = { ...ones('stage', 'batches', 'records', 'rejects', 'ownMs'), drops: 'figures' } as const
const wire = ones('endpoint', 'status', 'attempt', 'ms', 'bytes', 'reason', 'waitMs', 'limit')

/** Of any event. */
const always = ones('type', 'org', 'code', 'exitCode')

/**
 * What of each type of event may stand in a log. Whatever is not named here stays out: identifiers of conversations, entries and
 * people, words of records, and fields that nobody thought of yet.
 */
const byType: Readonly<Record<string, Fields>> = {
  'job-start': { ...run, answers: 'one' },
  'job-end': {
    ...run,
    ...ones('path', 'container', 'mode', 'verdict', 'bytes', 'sealed', 'elapsedMs', 'peakMemoryBytes'),
    ...ones('tagManifestSha256', 'recordsRoot'),
    counts: 'figures',
    calls: 'figures',
  },
  'job-failed': run,
  'source-choice': { ...ones('source', 'reason'), ...parts },
  plan: {
    ...ones('conversations', 'sessions', 'outlyingSessions', 'sessionsWithoutConversation', 'reason', 'witnesses'),
    ...ones('entryRequestsAtLeast', 'atLeastMs', 'activeAtOnce'),
    ...parts,
  },
  'disk-space': ones('directory', 'freeBytes', 'neededBytes'),
  'run-start': ones('stages'),
  'batch-end': stage,
  'record-reject': { reject: ones('code', 'stage') },
  'checkpoint-commit': ones('batches', 'records'),
  'run-end': { status: 'one', summary: { ...ones('records', 'rejects', 'commits', 'durationMs'), stages: stage } },
  'phase-start': ones('phase'),
  'phase-end': ones('phase'),
  'request-end': wire,
  'request-retry': wire,
  'limit-wait': wire,
  'budget-wait': wire,
  'token-refused': wire,
  'headroom-wait': ones('live', 'held', 'limit', 'floor', 'waitMs'),
  'headroom-unknown': ones('of'),
  'org-end': {
    ...ones('archived', 'left', 'nextDueAt', 'errors'),
    reread: ones('windows', 'late', 'changed', 'vanished', 'archives', 'exitCode'),
  },
  'orgs-end': ones('orgs', 'failed', 'notReached'),
  'window-reread': {
    ...windows,
    source: 'one',
    archived: 'figures',
    ...ones('compared', 'late', 'changed', 'vanished', 'gapsFilled', 'gapsOpen', 'archive'),
  },
  'ledger-rebuilt': ones('archives', 'refused', 'erased'),
  leftover: ones('path'),
  finding: ones('archive', 'chain'),
  note: ones('chain'),
  'archive-verified': ones('archive', 'verdict', 'files', 'bytes', 'conversations', 'erased', 'findings'),
  'chain-verified': ones('origin', 'archives', 'findings'),
  'archive-reconciled': ones('archive', 'archived', 'found', 'findings'),
  'window-reconciled': { ...windows, ...ones('found', 'findings'), verdicts: 'figures' },
  error: ones('message', 'actions'),
}

/** What of an event stands in a log. */
export function loggedFields(event: ConsoleEvent): Readonly<Record<string, unknown>> {
  const own = Object.hasOwn(byType, event.type) ? byType[event.type] : {}
  return fieldsOf(event, { ...always, ...own })
}

function fieldsOf(value: object, fields: Fields): Record<string, unknown> {
  const kept: Record<string, unknown> = {}
  for (const [name, shape] of Object.entries(fields)) {
    const field = Object.hasOwn(value, name) ? allowed(Reflect.get(value, name), shape) : undefined
    if (field !== undefined) kept[name] = field
  }
  return kept
}

function allowed(value: unknown, shape: Shape): unknown {
  if (Array.isArray(value)) return value.map((each) => allowed(each, shape)).filter((each) => each !== undefined)
  if (shape === 'one') return typeof value === 'object' && value !== null ? undefined : value
  if (shape === 'figures' && typeof value === 'number') return value
  if (typeof value !== 'object' || value === null) return value === null ? null : undefined
  if (shape !== 'figures') return fieldsOf(value, shape)
  return fieldsOf(value, Object.fromEntries(Object.keys(value).map((name) => [name, shape])))
}
