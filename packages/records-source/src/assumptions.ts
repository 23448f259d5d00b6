// What no document at hand says, besides the names and codes of wire.ts. A wrong guess ends a run or shows as a gap.

/** assumption: the key prefix of `CallCenter`, which is the channel of a voice conversation; from common knowledge. */
export const callCenterPrefix = '04v'

/** assumption: a result of a Bulk job without rows may come without its header row too. */
export function isEmptyResult(announced: number, document: unknown): boolean {
  return announced === 0 && (document === null || document === '')
}

/**
 * assumption: a locator of a Bulk result says where to go on, whatever the size of the page. So a page too large to hold is asked
 * for with this size; in the end the number of rows is checked.
 */
export function smallerPage(maxRecords: number): number {
  return Math.ceil(maxRecords / 4)
}

/**
 * assumption: `LiveChatTranscript.Body` holds `( 1m 32s ) Name: text` for each message, between `<br>`, and names agents in
 * centred paragraphs, `Agent Name` and `Chat Transferred From Name To Name`, as transcripts printed in public show. An agent may
 * be a bot, and may speak under the first part of the name only.
 */
export const transcriptMarkup: TranscriptMarkup = {
  lineEnd: /<br\s{0,4}\/?>|<\/?p(?:\s[^<>]{0,200})?>|\r?\n/i,
  message: /^\(\s{0,4}(?:\d{1,4}h\s{0,4})?(?:\d{1,4}m\s{0,4})?\d{1,4}s\s{0,4}\)\s{0,4}([^:]{1,255}):/,
  agent: /^Agent (.{1,255})$/,
  transfer: /^Chat Transferred From (.{1,255}) To (.{1,255})$/,
  nameless: 'Visitor',
}

export interface TranscriptMarkup {
  readonly lineEnd: RegExp
  /** Its group is who speaks. */
  readonly message: RegExp
  /** The groups of both name agents. */
  readonly agent: RegExp
  readonly transfer: RegExp
  /** Whom the default wording calls the end user: no name. */
  readonly nameless: string
}

/** assumption: sessions of these statuses have an active conversation each; those that are paused, inactive or over have none. */
export const liveStatuses: readonly string[] = ['New', 'Active', 'Waiting']

/**
 * assumption: nearly all sessions that are going on began within these milliseconds. Without such a bound the count would look at
 * every session the org ever had, since the status has no index.
 */
export const liveSessionsAreOf = 86_400_000
