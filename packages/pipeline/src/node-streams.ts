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
    // Pull only: a batch is read when it is asked for.
    highWaterMark: 0,
    read() {
      pushNext(this, batches)
    },
    destroy(error, callback) {
      close(batches, stop, error, callback)
    },
  })
}

/**
 * A stage as an object-mode `Duplex` of batches.
 *
 * It reads nothing ahead, and a stage whose stream is closed early sees its input fail, never end. A reader that leaves
 * early makes Node report an AbortError, as for every Duplex whose writing side is not finished; functions handed to
 * `pipeline()` do without.
 */
export function toTransform<In, Out>(stage: Stage<In, Out>): Duplex {
  const stop = new AbortController()
  const input = new Channel<Batch<In>>()
  const batches = stage(input, { signal: stop.signal })
  return new Duplex({
    objectMode: true,
    readableHighWaterMark: 0,
    writableHighWaterMark: 1,
    write(batch: Batch<In>, _encoding, callback) {
      input.send(batch).then(() => callback(), callback)
    },
    final(callback) {
      input.end()
      callback()
    },
    read() {
      // A stage that ended takes no more: what is still written has nobody to go to.
      pushNext(this, batches, () => input.close())
    },
    destroy(error, callback) {
      // Not a plain end: the stage would take what came so far for the whole.
      input.fail(error ?? new DOMException('The stream was closed early.', 'AbortError'))
      close(batches, stop, error, callback)
    },
  })
}

function pushNext(stream: Readable, batches: AsyncGenerator<unknown>, onEnd?: () => void): void {
  batches.next().then(
    (result) => {
      if (result.done) onEnd?.()
      stream.push(result.done ? null : result.value)
    },
    (error) => stream.destroy(error),
  )
}

/** Stops the generator, and says so only once it has closed what it holds. */
function close(
  batches: AsyncGenerator<unknown>,
  stop: AbortController,
  error: Error | null,
  callback: (error: Error | null) => void,
): void {
  stop.abort(error ?? undefined)
  batches.return(undefined).then(
    () => callback(error),
    (closing) => callback(error ?? closing),
  )
}
