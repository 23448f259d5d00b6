import type { Conversation, Reconciliation } from '@custody/model'
import { type Batch, CustodyError, defineStage, mapRecords, type Reject, type Stage } from '@custody/pipeline'
import { compareWitnesses, type ReconciliationReason } from './compare-witnesses.ts'

const NAME = 'reconcile'

/**
 * Asks Salesforce again about one conversation; gives it with what is known now. Parts that could not be understood go to
 * `onReject`.
 */
export type AskAgain = (
  conversation: Conversation,
  signal: AbortSignal,
  onReject: (reject: Omit<Reject, 'stage'>) => void,
) => Promise<Conversation>

export interface ReconcileOptions {
  /** The census anew: its sessions with their counts of now. A late message may have moved them. */
  readonly recount?: AskAgain
  /** The entries anew. */
  readonly reread?: AskAgain
  /** How many conversations of a batch are asked about again at the same time. @defaultValue 1 */
  readonly concurrency?: number
}

/**
 * Compares census and entries of each conversation and sets its `reconciliation`.
 *
 * Where they do not agree it asks again before it says so: first the census is counted anew, since a message may have
 * come between the two; if they still do not agree, the entries are read anew, once, and the two compared a last time.
 *
 * A conversation that cannot be had again keeps what was had of it, with its verdict and the reason `asking-again-failed`.
 *
 * @throws what asking again throws, when it is about signing in, a rule, or the signal: not about one conversation.
 */
export function reconcile({ recount, reread, concurrency }: ReconcileOptions = {}): Stage<Conversation, Conversation> {
  const asks = [recount, reread].filter((ask) => ask !== undefined)
  const stage = mapRecords<Conversation, Conversation>({
    name: NAME,
    ...(concurrency !== undefined && { concurrency }),
    map: (conversation, { signal, reject }) => {
      const compared = compare(conversation)
      return isSettled(compared) ? compared : askAgain(asks, compared, signal, reject)
    },
  })
  return defineStage(NAME, async function* (source, options) {
    for await (const batch of stage(source, options)) yield withoutRepeats(batch)
  })
}

async function askAgain(
  asks: readonly AskAgain[],
  conversation: Conversation,
  signal: AbortSignal,
  onReject: (reject: Omit<Reject, 'stage'>) => void,
): Promise<Conversation> {
  let current = conversation
  for (const ask of asks) {
    try {
      current = compare(await ask(current, signal, onReject))
    } catch (error) {
      if (!CustodyError.isInstance(error) || (error.kind !== 'failure' && error.kind !== 'not-found')) throw error
      const reason: ReconciliationReason = 'asking-again-failed'
      const reconciliation = { ...(current.reconciliation as Reconciliation), reason }
      return { ...current, reconciliation }
    }
    if (isSettled(current)) break
  }
  return current
}

function compare(conversation: Conversation): Conversation {
  return { ...conversation, reconciliation: compareWitnesses(conversation) }
}

function isSettled({ reconciliation }: Conversation): boolean {
  return reconciliation?.verdict === 'matched' || reconciliation?.verdict === 'excluded'
}

/** What was refused at the first reading is refused again at the second: it is told once. */
function withoutRepeats(batch: Batch<Conversation>): Batch<Conversation> {
  if (!batch.rejects.some((reject) => reject.stage === NAME)) return batch
  const key = ({ code, subject }: Reject): string => JSON.stringify([code, subject.type, subject.id])
  const told = new Set(batch.rejects.filter((reject) => reject.stage !== NAME).map(key))
  return { ...batch, rejects: batch.rejects.filter((reject) => reject.stage !== NAME || !told.has(key(reject))) }
}
