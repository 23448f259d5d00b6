/** What was written to a file, known without reading it again. */
export interface FileDigest {
  readonly bytes: number
  /** Lower-case hex. */
  readonly sha256: string
}

/** An open file. One call at a time: wait for each before the next. */
export interface FileWriter {
  /** Appends; strings as UTF-8. Settles when more can be taken. The bytes are free to be reused then. */
  write(chunk: Uint8Array | string): Promise<void>
  /** Makes everything durable and closes. */
  close(): Promise<FileDigest>
  /** Closes without finishing. Never throws; nothing after {@link close}. */
  discard(): Promise<void>
}

/** Where files go. */
export interface FileStore {
  /**
   * Begins a new file. The path is relative, with `/`, and holds {@link assertArchivePath}; each may be written once, also
   * when lower-cased.
   */
  write(path: string): FileWriter
}
