import type { Conversation, Reconciliation } from '@custody/model'
import { type Batch, CustodyError, defineStage, mapRecords, type Reject, type Stage } from '@custody/pipeline'
import { compareWitnesses, isSettledBefore, type ReconciliationReason } from './compare-witnesses.ts'
import { joinReadings } from './join-readings.ts'

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

/** How far the counts of an archive are asked for anew. */
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
 * come between the two; if they still do not agree, the entries are read anew, once, and joined with those of the first
 * reading: nothing that was given is lost, and where the readings contradict each other a reject says so.
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
      const { conversation, rejects } = joinReadings(current, await ask(current, signal, onReject))
      rejects.forEach(onReject)
      current = compare(conversation)
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
  if (isSettledBefore(reconciliation) || isBeyondAsking(reconciliation)) return true
  return reconciliation?.verdict === 'matched' || reconciliation?.verdict === 'excluded'
}

const beyondAsking: readonly (string | null)[] = ['witness-failed', 'sources-differ'] satisfies ReconciliationReason[]

/** The counts agree, and what is wrong is another source's: asking this one again would only cost requests. */
function isBeyondAsking(reconciliation: Reconciliation | null): boolean {
  return reconciliation !== null && beyondAsking.includes(reconciliation.reason)
}

/**
 * What was refused at the first reading is refused again at the second: it is told once. Where it has no id, only numbers
 * can be compared: the larger one of the two readings is told.
 */
function withoutRepeats(batch: Batch<Conversation>): Batch<Conversation> {
  if (!batch.rejects.some((reject) => reject.stage === NAME)) return batch
  const told = new Map<string, number>()
  const isNew = ({ stage, code, within, subject }: Reject): boolean => {
    const key = JSON.stringify([code, within?.type, within?.id, subject.type, subject.id])
    const times = told.get(key) ?? 0
    if (stage !== NAME) told.set(key, times + 1)
    else told.set(key, subject.id === null ? times - 1 : times + 1)
    return stage !== NAME || times <= 0
  }
  // Those of the stages before stand first.
  return { ...batch, rejects: batch.rejects.filter(isNew) }
}
