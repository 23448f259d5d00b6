import type { OrgClient } from '@custody/http'
import { type Clock, CustodyError, systemClock } from '@custody/pipeline'
import { type DeletionWire, defaultDeletionWire } from '../assumptions.ts'
import type { ErasureStore, NewErasureEvent } from '../erasure-store.ts'
import { type LogEntry, logsById } from '../executing/api-log.ts'
import { type Control, findControl } from '../executing/control.ts'
import { look } from '../executing/look.ts'
import { type ErasureRunEvent, movedEvent } from '../executing/run-event.ts'
import { readTraces } from '../executing/traces.ts'
import type { AskOptions } from '../soql/read-rows.ts'
import type { Outcome, Target } from '../target.ts'
import { acceptedAt } from './accepted-at.ts'
import { type Case, type Evidence, judge } from './judge.ts'
import { type AskedTarget, chunks, type ReadBackSource } from './read-back.ts'

/** Which requests are read back, and through which sources. */
export interface ConfirmErasureOptions {
  readonly store: ErasureStore
  /** Every configured one; the first of them reads the records. */
  readonly sources: readonly [ReadBackSource, ...ReadBackSource[]]
  readonly org: OrgClient
  /** Of the REST API that records are read through. @defaultValue `'66.0'` */
  readonly apiVersion?: string
  /** References. @defaultValue all that are not closed */
  readonly requests?: readonly string[]
  /** So long after it was accepted, what is still there has failed. @defaultValue 72 */
  readonly hoursToConfirm?: number
  /** How deletions and their log look; the same as for the run. @defaultValue {@link defaultDeletionWire} */
  readonly wire?: DeletionWire
  readonly clock?: Clock
  readonly signal?: AbortSignal
  readonly onEvent?: (event: ErasureRunEvent) => void
}

/** Targets by their outcome, after confirming. */
export type ConfirmSummary = Readonly<Record<Outcome, number>> & {
  /** Found again after it was confirmed. */
  readonly reappeared: number
}

/**
 * Reads back what was deleted, once, through every source, each beside a control record that must be found. What was confirmed before is
 * read back again. An outcome moves by what was read and by nothing else.
 *
 * @throws what the client of the org throws where even the records cannot be asked; the signal's reason
 */
export async function confirmErasure(options: ConfirmErasureOptions): Promise<ConfirmSummary> {
  const { store, sources, org, apiVersion, clock = systemClock, onEvent = () => undefined } = options
  const { hoursToConfirm = 72, wire = defaultDeletionWire, signal = new AbortController().signal } = options
  const asking: AskOptions = { org, apiVersion, signal }
  const masking = new Set(
    (await store.requests()).filter(({ measure }) => measure === 'mask').map(({ reference }) => reference),
  )
  const all = await store.targets()
  const open = all.filter(({ id }) => !id.startsWith('hmac:'))
  const wanted = open.filter(
    ({ request, state }) =>
      !masking.has(request) &&
      (options.requests === undefined || options.requests.includes(request)) &&
      ['accepted', 'confirmed', 'reappeared'].includes(state),
  )
  const control = await findControl(
    {
      endUsers: new Set(open.filter(({ kind }) => kind === 'end-user').map(({ id }) => id)),
      conversations: new Set(open.filter(({ kind }) => kind === 'conversation').map(({ id }) => id)),
    },
    new Date(clock.now() - dayMs).toISOString(),
    asking,
  )
  const accepted = await acceptedAt(store, wanted)

  for (const few of chunks(byRecord(wanted), recordsAtOnce)) {
    signal.throwIfAborted()
    await confirmSome(few)
  }
  return summaryOf(await store.targets(), options.requests)

  async function confirmSome(records: readonly (readonly [Target, ...Target[]])[]): Promise<void> {
    const asked: AskedTarget[] = []
    for (const [first] of records) {
      const traces = readTraces(await store.traces(first))
      if (traces !== null) asked.push({ key: first.pseudonym, traces })
    }
    const logIds = records.flatMap(([{ logId }]) => logId ?? [])
    const logs = logIds.length === 0 ? null : await logsById(logIds, wire, asking)
    const evidence = await readBackAll(asked, control)
    for (const targets of records) {
      const own = evidence.get(targets[0].pseudonym) ?? []
      for (const target of targets) await decide(target, logs?.get(target.logId ?? '') ?? null, own)
    }
  }

  /** The records first: what is still there need not be asked for elsewhere. */
  async function readBackAll(
    asked: readonly AskedTarget[],
    control: Control | null,
  ): Promise<ReadonlyMap<string, readonly Found[]>> {
    const evidence = new Map<string, Found[]>(asked.map(({ key }) => [key, []]))
    let left = asked
    for (const source of sources) {
      if (left.length === 0) break
      const found = await readBackOne(source, left, control)
      for (const { key } of left) evidence.get(key)?.push(found(key))
      left = left.filter(({ key }) => found(key).seen === 0)
    }
    return evidence
  }

  async function readBackOne(
    { name, lagMs, readBack }: ReadBackSource,
    asked: readonly AskedTarget[],
    control: Control | null,
  ): Promise<(key: string) => Found> {
    const nothing = { source: name, lagMs, seen: 0, asked: 0, code: null }
    if (control === null) return () => ({ ...nothing, control: 'missing' })
    try {
      const answer = await readBack(asked, control, signal)
      return (key) => ({
        ...nothing,
        control: answer.control,
        seen: answer.seen.get(key) ?? 0,
        asked: answer.asked.get(key) ?? 0,
      })
    } catch (error) {
      signal.throwIfAborted()
      if (!CustodyError.isInstance(error)) throw error
      const { code } = error
      return () => ({ ...nothing, control: 'unreachable', code })
    }
  }

  async function decide(target: Target, entry: LogEntry | null, found: readonly Found[]): Promise<void> {
    const age = clock.now() - Date.parse(accepted.get(keyOf(target)) ?? target.updatedAt)
    const evidence: Evidence[] = found.map(({ lagMs, ...one }) => ({ ...one, isSettled: age >= lagMs }))
    const isThere = evidence.some(({ seen }) => seen > 0)
    const input: Case = {
      state: target.state,
      log: entry?.says ?? null,
      evidence,
      sources: sources.map(({ name }) => name),
      isOverdue: age >= hoursToConfirm * 3_600_000,
      isRestricted: isThere && entry?.says === 'failed' && (await isRestricted(target)),
    }
    const verdict = found.length === 0 ? noTraces(target) : judge(input)
    const isSame = (['state', 'outcome', 'ground'] as const).every((name) => verdict[name] === target[name])
    if (isSame || !(await isStill(target))) return
    if (entry !== null)
      await note(target, 'log-read', { log: entry.id, status: wordOf(entry.status), says: entry.says })
    for (const { source, control, seen, asked, code } of found) {
      await note(target, 'read-back', { source, control, seen, asked, ...(code !== null && { code }) })
    }
    const { outcome, ground } = verdict
    const moved = await store.moveTarget(target, verdict, {
      act: 'outcome',
      operator: null,
      detail: { outcome, ground },
    })
    onEvent(movedEvent(moved))
  }

  /** A run beside this one may have called for it anew: what was read then says nothing of that call. */
  async function isStill({ request, pseudonym, state, calls }: Target): Promise<boolean> {
    const now = (await store.targets({ request })).find((target) => target.pseudonym === pseudonym)
    return now?.state === state && now.calls === calls
  }

  async function isRestricted(target: Target): Promise<boolean> {
    const { blockers } = await look(target, control, asking)
    return blockers.some(({ code }) => code === 'restricted-children')
  }

  async function note(target: Target, act: string, detail: NewErasureEvent['detail']): Promise<void> {
    await store.moveTarget(target, {}, { act, operator: null, detail })
  }
}

type Found = Omit<Evidence, 'isSettled'> & {
  readonly lagMs: number
  /** Of the error, where there was no usable answer. */
  readonly code: string | null
}

const dayMs = 86_400_000

/** So many are confirmed together: what was found out is on the disk before the next. */
const recordsAtOnce = 100

/** Targets of several requests that are about one record are read back once. */
function byRecord(targets: readonly Target[]): readonly (readonly [Target, ...Target[]])[] {
  const records = new Map<string, [Target, ...Target[]]>()
  for (const target of targets) {
    const known = records.get(target.pseudonym)
    if (known) known.push(target)
    else records.set(target.pseudonym, [target])
  }
  return [...records.values()]
}

function keyOf({ request, pseudonym }: Pick<Target, 'request' | 'pseudonym'>): string {
  return `${request} ${pseudonym}`
}

function noTraces({ state, outcome }: Target): Pick<Target, 'state' | 'outcome' | 'ground'> {
  return state === 'accepted'
    ? { state, outcome: 'unverifiable', ground: 'no-traces' }
    : { state, outcome, ground: null }
}

/** A word of Salesforce's, as it may stand in an event. */
function wordOf(status: string | null): string | null {
  return status === null ? null : status.replace(/[^A-Za-z_-]/g, '_').slice(0, 60)
}

function summaryOf(targets: readonly Target[], requests: readonly string[] | undefined): ConfirmSummary {
  const ours = targets.filter(({ request }) => requests === undefined || requests.includes(request))
  const of = (outcome: Outcome): number => ours.filter((target) => target.outcome === outcome).length
  return {
    pending: of('pending'),
    erased: of('erased'),
    masked: of('masked'),
    withheld: of('withheld'),
    failed: of('failed'),
    unverifiable: of('unverifiable'),
    'no-match': of('no-match'),
    reappeared: ours.filter(({ state }) => state === 'reappeared').length,
  }
}
