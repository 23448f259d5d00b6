import { type ConversationVerdict, verdictOf } from '@custody/archive'
import type { NewGap } from '@custody/ledger'
import type { Conversation, Window } from '@custody/model'
import type { Batch, Reject } from '@custody/pipeline'
import { identifierOf } from './entry-seen.ts'

/** So many are noted one by one; the archive lists them all. */
const MOST = 1_000

/** What an archive will not have, as its batches pass by. */
export class GapNotes {
  /** As many as the archive's own list has rows, if every stage behind only passes on. */
  count = 0
  readonly #window: Window
  readonly #single = new Map<string, NewGap>()
  readonly #whole = new Map<string, NewGap>()
  readonly #drops = new Set<string>()

  constructor(window: Window) {
    this.#window = window
  }

  add(batch: Batch<Conversation>): void {
    this.addVerdicts({ ...batch, records: batch.records.map(verdictOf) })
  }

  addVerdicts({ records, rejects, drops }: Batch<ConversationVerdict>): void {
    for (const { identifier, verdict } of records) {
      if (verdict !== 'matched' && verdict !== 'excluded')
        this.#note(`RECONCILIATION_${verdict.toUpperCase()}`, identifier)
    }
    for (const reject of rejects) this.#note(reject.code, conversationOf(reject))
    for (const reason of Object.keys(drops ?? {})) {
      if (this.#drops.has(reason)) continue
      this.#drops.add(reason)
      this.#note('DROPPED', null)
    }
  }

  /** At most some thousand; what is not noted by conversation is noted for the window as a whole. */
  list(): readonly NewGap[] {
    return [...this.#single.values(), ...this.#whole.values()]
  }

  #note(code: string, conversation: string | null): void {
    this.count += 1
    if (conversation === null || this.#single.size >= MOST) {
      this.#whole.set(code, { window: this.#window, code })
    } else {
      const id = identifierOf(conversation)
      this.#single.set(JSON.stringify([code, id]), { window: this.#window, code, conversation: id })
    }
  }
}

function conversationOf({ subject, within }: Reject): string | null {
  const named = subject.type === 'Conversation' ? subject : within
  return named?.type === 'Conversation' ? named.id : null
}
