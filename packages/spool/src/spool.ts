/** Records on their way to being grouped. */
export interface Spool {
  /**
   * Takes a record. Wait for it before adding the next, so that memory stays bounded. After a failure nothing is left on disk
   * and nothing more is taken.
   *
   * @param value Text is kept as UTF-8.
   * @throws CustodyError `SPOOL_DISK`; `SPOOL_GROUP_TOO_LARGE` for a record too large for any group; `SPOOL_TEXT` for text
   * with lone surrogates, which UTF-8 would change; `SPOOL_CLOSED` once it was sealed or closed.
   */
  add(key: string, value: string | Uint8Array): Promise<void>
  /**
   * Ends adding: from here on groups can be read. After a failure nothing is left on disk.
   *
   * @throws CustodyError `SPOOL_DISK`, `SPOOL_DAMAGED`, `SPOOL_GROUP_TOO_LARGE`, `SPOOL_CLOSED`; the signal's reason.
   */
  seal(signal?: AbortSignal): Promise<SealedSpool>
  /** Removes everything. Has to be called unless it was sealed; harmless otherwise. */
  close(): Promise<void>
}

/** Records grouped by key. */
export interface SealedSpool {
  /** How many records there are. */
  readonly records: number
  /** How many different keys. */
  readonly keys: number
  /**
   * All groups in the order of their keys (by UTF-16 code units). May be read several times, also at once.
   *
   * @throws CustodyError `SPOOL_DISK`, `SPOOL_DAMAGED`, `SPOOL_CLOSED`; the signal's reason.
   */
  groups(signal?: AbortSignal): AsyncIterable<Group>
  /** The group of a key. Throws as {@link groups} does. */
  find(key: string, signal?: AbortSignal): Promise<Group | undefined>
  /** The values of a key in the order they were added; empty where the key never came. Throws as {@link groups} does. */
  get(key: string, signal?: AbortSignal): Promise<readonly Uint8Array[]>
  /** Removes everything. */
  close(): Promise<void>
}

/** The records of one key. */
export interface Group {
  /** Its place among the groups, from 0. */
  readonly index: number
  readonly key: string
  /** In the order they were added. They may be views of larger buffers: copy what is to be kept for long. */
  readonly values: readonly Uint8Array[]
}
