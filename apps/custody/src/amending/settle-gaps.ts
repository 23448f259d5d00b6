import type { Ledger } from '@custody/ledger'
import type { Window } from '@custody/model'
import type { GapNotes } from '../remembering/gap-notes.ts'
import { someGap } from '../remembering/remember-run.ts'

export interface SettledGaps {
  /** How many open gaps of the window this reading filled. */
  readonly filled: number
  /** How many are open now. */
  readonly open: number
}

/** After a window was read again: what was missing and is here now is filled, and what is missing anew is noted. */
export async function settleGaps(
  ledger: Pick<Ledger, 'gaps' | 'fillGaps' | 'recordGaps' | 'nameOf'>,
  {
    runId,
    org,
    window,
    gaps,
  }: { readonly runId: string; readonly org: string; readonly window: Window; readonly gaps: GapNotes },
): Promise<SettledGaps> {
  const found = new Map(
    gaps.list().map((gap) => {
      const { code, conversation } = gap
      return [keyOf(code, conversation === undefined ? null : ledger.nameOf({ org, conversation })), gap]
    }),
  )
  const filled: number[] = []
  let open = 0
  for await (const { id, code, conversation, window: of } of ledger.gaps({ org, open: true })) {
    if (of.from !== window.from || of.to !== window.to) continue
    const isOpen = found.has(keyOf(code, null)) || found.has(keyOf(code, conversation))
    if (isOpen || (code === someGap && gaps.count > 0)) {
      found.delete(keyOf(code, conversation))
      open += 1
    } else filled.push(id)
  }
  await ledger.fillGaps(runId, filled)
  await ledger.recordGaps(runId, found.values())
  return { filled: filled.length, open: open + found.size }
}

function keyOf(code: string, conversation: string | null): string {
  return `${code} ${conversation ?? ''}`
}
