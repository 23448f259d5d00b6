import { Duplex, Readable } from 'node:stream'
import type { Batch } from './batch.ts'
import { Channel } from './channel.ts'
import type { Source, Stage } from './stage.ts'

/** A source as an object-mode `Readable` of batches, for code that insists on stream objects. */
export function toReadable<T>(source: Source<T>): Readable {
  const stop = new AbortController()
  const batches = source({ signal: stop.signal })
  return new Readable({
    objectMode: true,
    highWaterMark: 1,
    read() {
      batches.next().then(
        (result) => this.push(result.done ? null : result.value),
        (error) => this.destroy(error),
      )
    },
    destroy(error, callback) {
      stop.abort(error ?? undefined)
      batches.return().then(
        () => callback(error),
        () => callback(error),
      )
    },
  })
}

/**
 * A stage as an object-mode `Duplex` of batches.
 *
 * Not `Duplex.from(generator)`: that one reports an AbortError of its own making when the reader stops early.
 */
export function toTransform<In, Out>(stage: Stage<In, Out>): Duplex {
  const stop = new AbortController()
  const input = new Channel<Batch<In>>()
  const output = stage(input, { signal: stop.signal })
  return new Duplex({
    objectMode: true,
    highWaterMark: 1,
    write(batch: Batch<In>, _encoding, callback) {
      input.send(batch).then(() => callback(), callback)
    },
    final(callback) {
      input.end()
      callback()
    },
    read() {
      output.next().then(
        (result) => this.push(result.done ? null : result.value),
        (error) => this.destroy(error),
      )
    },
    destroy(error, callback) {
      stop.abort(error ?? undefined)
      input.close()
      output.return().then(
        () => callback(error),
        () => callback(error),
      )
    },
  })
}
