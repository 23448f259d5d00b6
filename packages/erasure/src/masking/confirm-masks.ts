import { type Clock, CustodyError, systemClock } from '@custody/pipeline'
import type { SourceName } from '../confirming/read-back.ts'
import type { ErasureStore, NewErasureEvent } from '../erasure-store.ts'
import { type ErasureRunEvent, movedEvent } from '../executing/run-event.ts'
import type { Target } from '../target.ts'
import { judgeMask, type MaskEvidence, type MaskVerdict, worstOf } from './judge-mask.ts'
import { readMaskTraces, type TracedMask } from './mask-traces.ts'

/** One way to read texts back. */
export interface TextReadBack {
  readonly name: SourceName
  /** For how long it may show texts as they were. */
  readonly lagMs: number
  /** The texts of a conversation by their entries, as they are now. Throws what its client throws: then nothing is known. */
  readTexts(
    conversation: Pick<TracedMask, 'id' | 'recordIds'>,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, string>>
}

/** What {@link confirmMasks} works with. */
export interface ConfirmMasksOptions {
  readonly store: ErasureStore
  /** Every configured one. The first shows every text that can be changed. */
  readonly sources: readonly [TextReadBack, ...TextReadBack[]]
  /** References. @defaultValue all that are not closed */
  readonly requests?: readonly string[]
  /** So long after it was sent, a text that still stands has failed. @defaultValue 72 */
  readonly hoursToConfirm?: number
  readonly clock?: Clock
  readonly signal?: AbortSignal
  readonly onEvent?: (event: ErasureRunEvent) => void
}

/**
 * Reads back the texts that were sent, once, through every source. What was confirmed before is read back again. An outcome moves by what
 * was read and by nothing else.
 *
 * @throws the signal's reason; what is no error of a source
 */
export async function confirmMasks(options: ConfirmMasksOptions): Promise<void> {
  const { store, sources, clock = systemClock, onEvent = () => undefined } = options
  const { hoursToConfirm = 72, signal = new AbortController().signal } = options
  const masking = (await store.requests())
    .filter(({ measure, closedAt }) => measure === 'mask' && closedAt === null)
    .map(({ reference }) => reference)
  for (const reference of masking) {
    if (options.requests !== undefined && !options.requests.includes(reference)) continue
    const sent = await sentAt(store, reference)
    for (const target of await store.targets({ request: reference })) {
      if (['accepted', 'confirmed', 'reappeared'].includes(target.state)) await confirm(target, sent)
    }
  }

  async function confirm(target: Target, sent: ReadonlyMap<string, string>): Promise<void> {
    const age = clock.now() - Date.parse(sent.get(target.pseudonym) ?? target.updatedAt)
    const verdicts: MaskVerdict[] = []
    const counts = { conversations: 0, texts: 0, outOfReach: 0, masked: 0, withheld: 0, failed: 0, unverifiable: 0 }
    for (const mask of readMaskTraces(await store.traces(target))?.conversations ?? []) {
      const evidence = mask.ground === null ? await readBack(mask, age) : []
      const wasConfirmed = target.state === 'confirmed' || target.state === 'reappeared'
      const verdict = judgeMask({ mask, evidence, wasConfirmed, isOverdue: age >= hoursToConfirm * 3_600_000 })
      verdicts.push(verdict)
      counts.conversations += 1
      counts.outOfReach += mask.outOfReach
      if (verdict.outcome === 'masked') counts.texts += mask.texts.length
      const { outcome } = verdict
      if (outcome === 'masked' || outcome === 'withheld' || outcome === 'failed' || outcome === 'unverifiable') {
        counts[outcome] += 1
      }
    }
    const { outcome, ground } = worstOf(verdicts)
    const isBack = ground?.startsWith('reappeared-') === true
    const state = outcome === 'masked' ? 'confirmed' : isBack ? 'reappeared' : 'accepted'
    if (target.state === state && target.outcome === outcome && target.ground === ground) return
    await move(target, { state, outcome, ground }, 'mask-read-back', counts)
  }

  async function readBack(mask: TracedMask, age: number): Promise<readonly MaskEvidence[]> {
    const evidence: MaskEvidence[] = []
    for (const { name, lagMs, readTexts } of sources) {
      signal.throwIfAborted()
      const told = { source: name, isSettled: age >= lagMs, masked: 0, asBefore: 0, others: 0 }
      try {
        const shown = await readTexts(mask, signal)
        const seen = mask.texts.flatMap(({ entryId, ...text }) => {
          const now = shown.get(entryId)
          return now === undefined ? [] : [{ ...text, now }]
        })
        const masked = seen.filter(({ text, now }) => now === text).length
        const asBefore = seen.filter(({ was, text, now }) => now !== text && store.commitmentTo(now) === was).length
        evidence.push({ ...told, shown: shown.size, masked, asBefore, others: seen.length - masked - asBefore })
      } catch (error) {
        signal.throwIfAborted()
        if (!CustodyError.isInstance(error)) throw error
        evidence.push({ ...told, shown: null })
      }
    }
    return evidence
  }

  async function move(
    target: Target,
    change: Pick<Target, 'state' | 'outcome' | 'ground'>,
    act: string,
    detail: NewErasureEvent['detail'],
  ): Promise<void> {
    onEvent(movedEvent(await store.moveTarget(target, change, { act, operator: null, detail })))
  }
}

/** When the texts of each target were sent last, by pseudonym: what a lag counts from. */
async function sentAt(store: ErasureStore, request: string): Promise<ReadonlyMap<string, string>> {
  const times = new Map<string, string>()
  for await (const { act, at, target } of store.events({ request })) {
    if (target !== null && act === 'mask-sent') times.set(target, at)
  }
  return times
}
