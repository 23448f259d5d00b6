import { toJoinKey } from '@custody/model'
import { dayOf } from '../day.ts'
import type { Day } from '../erasure-request.ts'
import type { HeldSubject, Hold } from '../hold.ts'
import { parseRetention, retainedUntil } from './retention.ts'

/**
 * What decides about a record, in this order: what comes first wins. Legal hold, retention by law (GDPR Art. 17(3)(b) and (e)), the
 * request to erase, the end of the retention.
 */
export const grounds = ['legal-hold', 'statutory-retention', 'erasure-request', 'retention-end'] as const

/** Why data is kept although its erasure was asked for. */
export type Ground = (typeof grounds)[number]

/** One thing that keeps a record from being erased. */
export interface Hindrance {
  readonly ground: 'legal-hold' | 'statutory-retention'
  /** Null for the retention that the configuration sets for all. */
  readonly hold: string | null
  /** The first day on which it hinders no more; null where nobody knows. */
  readonly until: Day | null
}

/** Whether something may go, by the holds and times of retention there are. */
export interface Standing {
  /** `erase`, `withhold`, or `keep`: nobody asks for it to go. */
  readonly verdict: 'erase' | 'withhold' | 'keep'
  /** What decided; null for `keep`. */
  readonly ground: Ground | null
  /** All that stands in the way, the strongest first. */
  readonly hindrances: readonly Hindrance[]
}

/** What a decision rests on. */
export interface StandingOptions {
  /** All of them; those that are over or released are left out here. */
  readonly holds: readonly Hold[]
  readonly subject: HeldSubject
  /** When it is, in epoch milliseconds. */
  readonly now: number
  /** For how long a law has every conversation kept: `6y`. Null: none does. */
  readonly minimumRetention: string | null
  /** Whether its person asks for it to go. @defaultValue `true` */
  readonly requested?: boolean
  /** Whether the time for which it was to be kept is over. @defaultValue `false` */
  readonly retentionEnded?: boolean
}

/**
 * Whether a record may go. What is not known holds: a person whose conversations have no known times falls under every window.
 *
 * @throws CustodyError `ERASURE_RETENTION` (usage)
 */
export function standing(options: StandingOptions): Standing {
  const { holds, subject, now, minimumRetention, requested = true, retentionEnded = false } = options
  const hindrances = [
    ...holds.filter((hold) => isActive(hold, now) && covers(hold, subject)).map(byHold),
    ...byRetention(minimumRetention, subject, dayOf(now)),
  ].sort((one, other) => grounds.indexOf(one.ground) - grounds.indexOf(other.ground))
  const [strongest] = hindrances
  const asks: Ground | null = requested ? 'erasure-request' : retentionEnded ? 'retention-end' : null
  if (asks === null) return { verdict: 'keep', ground: null, hindrances }
  return strongest === undefined
    ? { verdict: 'erase', ground: asks, hindrances }
    : { verdict: 'withhold', ground: strongest.ground, hindrances }
}

/** Neither released nor over: a hold holds up to the day before it expires. */
export function isActive({ releasedAt, expiresOn }: Pick<Hold, 'releasedAt' | 'expiresOn'>, now: number): boolean {
  return releasedAt === null && (expiresOn === null || dayOf(now) < expiresOn)
}

/** Whether a hold is about it. */
export function covers({ scope }: Pick<Hold, 'scope'>, subject: HeldSubject): boolean {
  switch (scope.type) {
    case 'everything':
      return true
    case 'window':
      return isWithin(scope, subject.times)
    case 'end-user':
      return shares(scope.ids, subject.endUserIds)
    case 'contact':
      return shares(scope.ids, subject.contactIds)
    case 'conversation':
      return shares(scope.ids, subject.conversations)
  }
}

function shares(held: readonly string[], own: readonly string[]): boolean {
  const keys = new Set(held.map(toJoinKey))
  return own.some((id) => keys.has(toJoinKey(id)))
}

function isWithin(window: { readonly from: Day; readonly to: Day }, times: HeldSubject['times']): boolean {
  if (times === null) return true
  const [opens, closes] = [window.from, window.to].map((day) => Date.parse(`${day}T00:00:00.000Z`)) as [number, number]
  // A time that cannot be read is one that is not known.
  return times.some(({ from, to }) => !(Date.parse(from) >= closes || Date.parse(to) < opens))
}

function byHold({ id, ground, expiresOn }: Hold): Hindrance {
  return { ground, hold: id, until: expiresOn }
}

function byRetention(text: string | null, { times }: HeldSubject, today: Day): readonly Hindrance[] {
  if (text === null) return []
  const retention = parseRetention(text)
  if (times === null || times.some(({ to }) => Number.isNaN(Date.parse(to)))) {
    return [{ ground: 'statutory-retention', hold: null, until: null }]
  }
  const until = retainedUntil(retention, times, today)
  return until === null ? [] : [{ ground: 'statutory-retention', hold: null, until }]
}
