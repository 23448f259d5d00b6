import { defineStage, type Source, type Stage } from '@custody/pipeline'

/** A stage that passes everything on and then gives what another source holds. */
export function followedBy<T>(source: Source<T>): Stage<T, T> {
  return defineStage(source.stageName, async function* (batches, options) {
    yield* batches
    yield* source(options)
  })
}
