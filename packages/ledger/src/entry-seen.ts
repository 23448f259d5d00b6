/** An entry as a run read it. Its identifiers are hashed before anything is stored. */
export interface EntrySeen {
  readonly conversation: string
  readonly entryId: string
  /** ISO 8601 UTC with milliseconds. */
  readonly sentAt: string
  /**
   * 32 bytes over the entry in its one form; keyed, since short messages can be guessed. Null where only its name is known, as in a
   * ledger that was made anew from redacted archives: the next comparison takes what it finds, and calls it no change.
   */
  readonly digest: Uint8Array | null
}

/** What became of the rows given. */
export interface Recorded {
  /** Noted for this run; rows that came twice count once. */
  readonly recorded: number
  /** In an earlier archive, just the same. */
  readonly known: number
  /** In an earlier archive with another digest, or gone since: an amendment. */
  readonly amended: number
  /** Came again with another digest; the lower one is kept, whatever the order. */
  readonly conflicting: number
}
