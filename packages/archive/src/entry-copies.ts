import type { Difference, Entry, EntrySource } from '@custody/model'
import { apartMs, sameMomentMs } from './pair-entries.ts'
import { gives } from './source-limits.ts'

/** How two copies of one entry disagree. What one of them only lacks, for its source does not give it, is no disagreement. */
export function differencesOf(own: Entry, other: Entry): readonly Difference['what'][] {
  const found: Difference['what'][] = []
  if (Math.abs(apartMs(own, other)) > sameMomentMs) found.push('time')
  // What one source could not place contradicts nothing.
  if (own.sender.role !== other.sender.role && own.sender.role !== 'other' && other.sender.role !== 'other') {
    found.push('sender')
  }
  if (own.kind !== other.kind && own.kind !== 'other' && other.kind !== 'other') found.push('kind')
  if (textsDiffer(own, other)) found.push('text')
  if (contentsDiffer(own, other)) found.push('content')
  return found
}

export function textsDiffer(own: Entry, other: Entry): boolean {
  if (own.text !== null && other.text !== null) return own.text !== other.text
  if (own.text === other.text) return false
  // Of something structured one source may make a text and another none.
  if (own.content !== null || other.content !== null) return false
  const [silent, spoken] = own.text === null ? [own, other] : [other, own]
  return spoken.text !== '' && gives(silent.source, spoken)
}

function contentsDiffer({ content: own }: Entry, { content: other }: Entry): boolean {
  if (own === null || other === null) return false
  if (own.type !== other.type) return true
  return (
    own.type === 'attachments' && other.type === 'attachments' && own.attachments.length !== other.attachments.length
  )
}

/**
 * One entry of two copies: whichever has more of the original, by the first one's name, time, kind and role. So counts stay
 * what they were, and a report that names the entry names one that is there.
 */
export function oneOf(own: Entry, other: Entry): Entry {
  if (!isRicher(other, own)) return own
  const { entryId, sentAt, kind } = own
  return { ...other, entryId, sentAt, kind, sender: { ...other.sender, role: own.sender.role } }
}

/** What people sent as text is theirs: a copy without it is never the richer one. */
function isRicher(entry: Entry, than: Entry): boolean {
  if ((entry.text === null) !== (than.text === null)) return entry.text !== null
  return richness(entry) > richness(than)
}

function richness({ payload, content, text, sender }: Entry): number {
  return (
    (typeof payload === 'object' && payload !== null ? 8 : 0) +
    (content === null ? 0 : 4) +
    (text === null ? 0 : 2) +
    (sender.displayName === null ? 0 : 1)
  )
}

/** Which of the entries a source would have had to give too. */
export function isOwed(entry: Entry, source: EntrySource, settledUntil: string | null): boolean {
  return gives(source, entry) && (settledUntil === null || entry.sentAt < settledUntil)
}
