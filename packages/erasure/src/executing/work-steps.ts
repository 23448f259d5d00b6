import type { ErasureStore } from '../erasure-store.ts'
import type { Moving } from './moving.ts'
import type { Work } from './work-list.ts'

/** What is to be done for a record. Refused and withheld ones are tried again: sessions end, holds are released, children go. */
export function stepOf({ targets, elsewhere }: Work): 'adopt' | 'resolve' | 'call' | 'none' {
  const all = [...targets, ...elsewhere]
  if (all.some(({ state }) => state === 'calling' || state === 'answer-lost')) return 'resolve'
  const accepted = all.find(
    ({ state, outcome }) => state === 'confirmed' || (state === 'accepted' && outcome !== 'failed'),
  )
  if (accepted) return targets.some((target) => isUnsent(target.state)) ? 'adopt' : 'none'
  return targets.some(({ state }) => state !== 'absent' && state !== 'reappeared') ? 'call' : 'none'
}

function isUnsent(state: Work['targets'][number]['state']): boolean {
  return state === 'planned' || state === 'withheld' || state === 'refused'
}

/** The call of a record that another request was about counts for this one too; it is confirmed for itself. */
export async function adopt({ targets, elsewhere }: Work, move: Moving['one'], store: ErasureStore): Promise<void> {
  const sent = [...targets, ...elsewhere].find(({ state }) => state === 'accepted' || state === 'confirmed')
  if (sent === undefined) return
  const { user, logId, request } = sent
  const traces = await store.traces(sent)
  for (const target of targets.filter(({ state }) => isUnsent(state))) {
    const change = { state: 'accepted', outcome: 'pending', ground: 'confirming', user, logId } as const
    if (traces !== null) await store.keepTraces(target, traces)
    await move(target, change, 'call-shared', { act: 'call-answered', with: request, log: logId })
  }
}

/** The same work, the target first whose call has no answer. */
export function leading(work: Work): Work {
  const isLost = ({ state }: Work['targets'][number]): boolean => state === 'calling' || state === 'answer-lost'
  const lost = work.elsewhere.filter(isLost)
  const [first, ...others] = [...work.targets, ...lost].sort(
    (one, other) => Number(isLost(other)) - Number(isLost(one)),
  )
  return first === undefined ? work : { ...work, targets: [first, ...others] }
}
