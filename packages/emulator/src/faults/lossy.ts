import { usageError } from '@custody/pipeline'
import type { Step } from '../world/script.ts'
import type { World } from '../world/world.ts'

/** Which entries a source leaves out without a word. The same ones however often and in whatever pages it is read. */
export type Loss =
  /** Every nth entry of the org, counted from 1 along the conversations. */
  | { readonly every: number }
  /** Everything of one conversation, by its index in the org. The source says that the conversation has no entries. */
  | { readonly conversation: number }
  /** What stands behind the last border of a page; of an export, its last part or else its last entry. */
  | { readonly lastPage: true }
  /** Those the predicate names. */
  | { readonly entries: (entryId: string) => boolean }

/** A loss that can be written into a scenario. */
export type StatedLoss = Exclude<Loss, { readonly entries: unknown }>

/** The sources of entries that can be made lossy, each on its own. */
export const lossySources = ['conversation-data', 'connect', 'data360', 'transcript-export'] as const

/** A source that can be told to give less than there is. */
export type LossySource = (typeof lossySources)[number]

/** Sources made lossy on purpose; the others deliver everything. */
export type Losses = { readonly [Source in LossySource]?: Loss }

/** What gets lost on the way out. */
export interface LossBook {
  /** Whether a source leaves this entry out, pages aside. */
  lost(source: LossySource, index: number, step: Step): boolean
  /** Whether a source leaves out its last page or part. */
  losesLastPage(source: LossySource): boolean
  /** Of so many entries in pages of a size, how many are left when the last page is lost. One page is kept whole. */
  kept(source: LossySource, entries: number, pageSize: number): number
}

/** @throws CustodyError `EMULATOR_OPTIONS` for a loss that loses nothing because there is no such thing */
export function createLossBook(losses: Losses, world: World): LossBook {
  for (const [source, loss] of Object.entries(losses)) requireLoss(source, loss, world.conversations)
  let before: Float64Array | undefined
  /** How many entries the conversations before this one have. Counted once, and only where somebody counts. */
  function entriesBefore(index: number): number {
    if (!before) {
      before = new Float64Array(world.conversations)
      for (let k = 1; k < world.conversations; k++) {
        const count = world.conversation(k - 1).steps.length - world.appended(k - 1)
        before[k] = (before[k - 1] as number) + count
      }
    }
    return before[index] as number
  }

  function losesLastPage(source: LossySource): boolean {
    const loss = losses[source]
    return loss !== undefined && 'lastPage' in loss
  }

  return {
    lost(source, index, step) {
      const loss = losses[source]
      if (!loss) return false
      if ('every' in loss) return (entriesBefore(index) + step.number + 1) % loss.every === 0
      if ('conversation' in loss) return index === loss.conversation
      return 'entries' in loss && loss.entries(world.entryId(index, step))
    },
    losesLastPage,
    kept(source, entries, pageSize) {
      if (!losesLastPage(source) || entries <= pageSize) return entries
      return Math.floor((entries - 1) / pageSize) * pageSize
    },
  }
}

function requireLoss(source: string, loss: Loss, conversations: number): void {
  const whole = (value: number, least: number, most: number): boolean =>
    Number.isInteger(value) && value >= least && value <= most
  if ('every' in loss && !whole(loss.every, 1, Number.MAX_SAFE_INTEGER)) {
    throw usageError('EMULATOR_OPTIONS', `lossy.${source}.every must be a whole number from 1`)
  }
  if ('conversation' in loss && !whole(loss.conversation, 0, conversations - 1)) {
    throw usageError('EMULATOR_OPTIONS', `lossy.${source}.conversation must be from 0 to ${conversations - 1}`)
  }
}
