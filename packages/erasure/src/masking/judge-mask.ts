import type { SourceName } from '../confirming/read-back.ts'
import type { Outcome } from '../target.ts'
import type { TracedMask } from './mask-traces.ts'

/** What one source shows of the texts of one conversation. */
export interface MaskEvidence {
  readonly source: SourceName
  /** Entries of the conversation that it shows with a text, whatever it says. Null: it did not answer. */
  readonly shown: number | null
  readonly masked: number
  /** Texts that stand there as before. */
  readonly asBefore: number
  /** Texts that are neither. */
  readonly others: number
  /** Whether it would show the new texts by now. */
  readonly isSettled: boolean
}

export interface MaskVerdict {
  readonly outcome: Outcome
  readonly ground: string | null
}

export interface MaskCase {
  readonly mask: TracedMask
  /** The first is the one in which every text has to be found as it is to be. */
  readonly evidence: readonly MaskEvidence[]
  readonly wasConfirmed: boolean
  /** Whether a text that still stands counts as failed by now. */
  readonly isOverdue: boolean
}

/** Pure: the outcome of one conversation. `masked` takes every text in the first source, and no source that shows one as before. */
export function judgeMask({ mask, evidence, wasConfirmed, isOverdue }: MaskCase): MaskVerdict {
  if (mask.ground === 'answer-lost') return { outcome: 'pending', ground: mask.ground }
  if (mask.ground !== null) return { outcome: 'withheld', ground: mask.ground }
  const left = evidence.find(({ asBefore, isSettled }) => asBefore > 0 && (isSettled || wasConfirmed))
  if (left && wasConfirmed) return { outcome: 'failed', ground: `reappeared-${left.source}` }
  if (left) return { outcome: isOverdue ? 'failed' : 'pending', ground: `still-there-${left.source}` }
  const other = evidence.find(({ others }) => others > 0)
  if (other) return { outcome: 'unverifiable', ground: `text-differs-${other.source}` }
  const waiting = isOverdue ? 'unverifiable' : 'pending'
  const silent = evidence.find(({ shown }) => shown === null)
  if (silent) return { outcome: waiting, ground: `unreachable-${silent.source}` }
  const early = evidence.find(({ isSettled }) => !isSettled)
  if (early) return { outcome: 'pending', ground: `unseen-${early.source}` }
  // A source that shows nothing of the conversation shows nothing left behind either, and nothing that would prove it.
  const blind = mask.texts.length > 0 ? evidence.find(({ shown }) => shown === 0) : undefined
  if (blind) return { outcome: waiting, ground: `unseen-${blind.source}` }
  const [first] = evidence
  if (first === undefined || first.masked < mask.texts.length) return { outcome: waiting, ground: 'not-read-back' }
  return { outcome: 'masked', ground: mask.outOfReach > 0 ? 'out-of-reach' : null }
}

const worstFirst: readonly Outcome[] = ['pending', 'failed', 'unverifiable', 'withheld', 'masked']

/** What a record comes to, out of its conversations: the worst of them. One without any has nothing to mask. */
export function worstOf(verdicts: readonly MaskVerdict[]): MaskVerdict {
  const rank = ({ outcome, ground }: MaskVerdict): number => worstFirst.indexOf(outcome) * 2 + Number(ground === null)
  const [worst = { outcome: 'masked', ground: null }] = verdicts.toSorted((one, other) => rank(one) - rank(other))
  return worst
}
