import type { Conversation, Redaction } from '@custody/model'

/** How often one type was treated in one way in one class of fields. */
export interface RedactionCount {
  /** As in {@link Redaction}. */
  readonly type: string
  readonly action: string
  /** `text`, `content`, `payload`, `sender.displayName`, `sender.subject`, `participants` … */
  readonly field: string
  readonly count: number
}

/** What the stage has replaced so far. */
export interface RedactionTotals {
  readonly conversations: number
  /** Conversations in which something was replaced. */
  readonly conversationsRedacted: number
  readonly entries: number
  readonly entriesRedacted: number
  /** By type, action and field, in that order. A message counts in its text and again in its payload. */
  readonly counts: readonly RedactionCount[]
}

/** Counts what was redacted in the conversations of a run. Holds counts only, never a value. */
export interface RedactionTally {
  add(conversation: Conversation): void
  totals(): RedactionTotals
}

/** A tally to hand each redacted conversation to; memory grows with the kinds of findings, not with their number. */
export function createRedactionTally(): RedactionTally {
  const counts = new Map<string, { type: string; action: string; field: string; count: number }>()
  let conversations = 0
  let conversationsRedacted = 0
  let entries = 0
  let entriesRedacted = 0

  return {
    add(conversation) {
      conversations += 1
      entries += conversation.entries.length
      if (conversation.redactions.length === 0) return
      conversationsRedacted += 1
      const touched = new Set<string>()
      for (const { entryId, field, type, action } of conversation.redactions) {
        if (entryId !== null) touched.add(entryId)
        const key = `${type} ${action} ${fieldOf(field)}`
        const known = counts.get(key)
        if (known) known.count += 1
        else counts.set(key, { type, action, field: fieldOf(field), count: 1 })
      }
      entriesRedacted += touched.size
    },
    totals: () => ({
      conversations,
      conversationsRedacted,
      entries,
      entriesRedacted,
      counts: [...counts.entries()].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, count]) => ({ ...count })),
    }),
  }
}

/** The class of a path: its first part, and the second of a sender. */
export function fieldOf(path: Redaction['field']): string {
  const [first = '', second = ''] = path.split('.', 2)
  return first === 'sender' ? `${first}.${second}` : first
}
