import type { LogEntry } from '../executing/api-log.ts'
import type { Outcome, Target, TargetState } from '../target.ts'
import type { SourceName } from './read-back.ts'

/** What one source said of one target. */
export interface Evidence {
  readonly source: SourceName
  /** `missing`: the control record was not found, so that finding nothing says nothing. `unreachable`: no usable answer. */
  readonly control: 'found' | 'missing' | 'unreachable'
  /** How much of the target is still there. */
  readonly seen: number
  readonly asked: number
  /** Whether it would show by now that something is gone. */
  readonly isSettled: boolean
}

export interface Case {
  readonly state: TargetState
  /** What Salesforce's log says; null where it says nothing. It never proves that something is gone. */
  readonly log: LogEntry['says'] | null
  readonly evidence: readonly Evidence[]
  /** Sources that have to be heard before anything counts as erased. */
  readonly sources: readonly SourceName[]
  /** Whether a deletion that is still not to be seen counts as failed by now. */
  readonly isOverdue: boolean
  /** What stands in the way, where Salesforce says that it failed. */
  readonly isRestricted: boolean
}

export type Verdict = Pick<Target, 'state' | 'outcome' | 'ground'>

/** Pure: the outcome of a deletion that was accepted. `erased` takes every source, each past its lag, with its control record found. */
export function judge(input: Case): Verdict {
  const { state, log, evidence, sources, isOverdue, isRestricted } = input
  const wasConfirmed = state === 'confirmed' || state === 'reappeared'
  const to = (outcome: Outcome, ground: string): Verdict => ({ state: 'accepted', outcome, ground })

  const stillThere = evidence.find(({ seen, isSettled }) => seen > 0 && (isSettled || wasConfirmed))
  if (stillThere && wasConfirmed) {
    return { state: 'reappeared', outcome: 'failed', ground: `reappeared-${stillThere.source}` }
  }
  if (stillThere && log === 'failed') return to('failed', isRestricted ? 'restricted-children' : 'salesforce-failed')
  if (stillThere) return to(isOverdue ? 'failed' : 'pending', `still-there-${stillThere.source}`)

  const doubt = doubtOf(evidence, sources, isOverdue)
  if (doubt === null) return { state: 'confirmed', outcome: 'erased', ground: null }
  // What was proven stays proven until something is seen.
  if (state === 'confirmed') return { state, outcome: 'erased', ground: null }
  if (state === 'reappeared') return { state, outcome: 'failed', ground: 'reappeared' }
  return to(doubt.outcome, doubt.ground)
}

function doubtOf(
  evidence: readonly Evidence[],
  sources: readonly SourceName[],
  isOverdue: boolean,
): { readonly outcome: Outcome; readonly ground: string } | null {
  const blind = evidence.find(({ control }) => control === 'missing')
  if (blind) return { outcome: 'unverifiable', ground: `control-missing-${blind.source}` }
  const silent = evidence.find(({ control }) => control === 'unreachable')
  if (silent) return { outcome: isOverdue ? 'unverifiable' : 'pending', ground: `unreachable-${silent.source}` }
  const early = evidence.find(({ isSettled }) => !isSettled)
  if (early) return { outcome: 'pending', ground: `unseen-${early.source}` }
  const unheard = sources.find((name) => !evidence.some(({ source }) => source === name))
  if (unheard !== undefined) return { outcome: 'pending', ground: `unseen-${unheard}` }
  return sources.includes('records') ? null : { outcome: 'unverifiable', ground: 'not-read-back' }
}
