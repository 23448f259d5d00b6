/**
 * Stands for the world outside a stage under test: hand it to the fakes the stage is built with. Through it the contract
 * tests see which calls are made, abort and fail at each of them, and notice what stays open.
 */
export interface Outside {
  /**
   * A call that takes a while: a request, a read, a write. A fake awaits it, with the signal it was given, at the point
   * where the real thing would wait. Not for clean-up, which has to work after an abort too.
   */
  call(signal?: AbortSignal): Promise<void>
  /** Something that has to be closed again, whatever happens: a file, a connection. */
  open(): { close(): void }
}

/** How checks are registered: the `test` of vitest or of `node:test`. */
export type Register = (name: string, run: () => Promise<void>) => unknown
