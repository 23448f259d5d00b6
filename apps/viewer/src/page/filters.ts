import type {
  ConversationRow,
  Finding,
  RedactionCounts,
  ShownContent,
  ShownEntry,
} from '@custody/transcripts/page-data'

/** What is looked for. Empty strings ask for nothing. */
export interface Filters {
  /** In messages, names and identifiers. */
  readonly query: RegExp | null
  /** Key of a channel, see {@link channelOf}. */
  readonly channel: string
  /** Instants, half-open. */
  readonly from: string
  readonly to: string
  /** Parts of a name. */
  readonly agent: string
  readonly endUser: string
  /** A type; `*`: any. */
  readonly redaction: string
  /** A code; `*`: any; `none`: without. */
  readonly finding: string
}

/** Everything of a conversation that the filters look at, but for its messages. */
export interface FilteredRow {
  readonly row: ConversationRow
  readonly findings: readonly Finding[]
  readonly redactions: RedactionCounts['types']
}

/** How a channel is called; the same key, the same channel. */
export function channelOf({ channelName, channelType }: Pick<ConversationRow, 'channelName' | 'channelType'>): string {
  if (channelName === null) return channelType ?? 'No channel'
  return channelType === null || channelType === channelName ? channelName : `${channelName} (${channelType})`
}

/** Whether all filters but the query take a conversation in. */
export function passes({ row, findings, redactions }: FilteredRow, filters: Filters): boolean {
  const { channel, from, to, agent, endUser, redaction, finding } = filters
  return (
    (channel === '' || channelOf(row) === channel) &&
    // What has no time at all is in no period.
    (from === '' || (row.to !== null && row.to >= from)) &&
    (to === '' || (row.from !== null && row.from < to)) &&
    named(row.agents, agent) &&
    named(row.endUsers, endUser) &&
    (redaction === '' || redactions.some(([type]) => redaction === '*' || type === redaction)) &&
    (finding === '' || (finding === 'none' ? findings.length === 0 : hasFinding(findings, finding)))
  )
}

/** Whether the query is in the names or the identifier of a conversation. */
export function namesMatch({ identifier, agents, endUsers }: ConversationRow, query: RegExp): boolean {
  return [identifier, ...agents, ...endUsers].some((text) => text.search(query) >= 0)
}

/** Whether the query is in an entry. */
export function entryMatches({ text, name, content }: ShownEntry, query: RegExp): boolean {
  if ((text ?? '').search(query) >= 0 || (name ?? '').search(query) >= 0) return true
  return content !== undefined && wordsOf(content).some((word) => word.search(query) >= 0)
}

/** All strings of a value, whatever its shape. */
function wordsOf(value: ShownContent | unknown): readonly string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(wordsOf) : []
}

function named(names: readonly string[], part: string): boolean {
  const wanted = part.trim().toLowerCase()
  return wanted === '' || names.some((name) => name.toLowerCase().includes(wanted))
}

function hasFinding(findings: readonly Finding[], wanted: string): boolean {
  return findings.some(({ code }) => wanted === '*' || code === wanted)
}
