import { defineSink } from '@custody/pipeline'
import type { Outside } from '../outside.ts'
import type { SinkUnderTest } from '../test-sink.ts'
import { idOf, type Note } from './note.ts'

/** A sink that keeps what it is given in memory and commits every `commitEvery` batches. */
export function memorySink(outside: Outside, commitEvery = 1): SinkUnderTest<Note> {
  const stored: string[] = []
  let finished = false
  const sink = defineSink<Note>('memory', async function* (source, { signal }) {
    const handle = outside.open()
    try {
      let batches = 0
      let records = 0
      let rejects = 0
      let checkpoint: { source: string; cursor: string } | undefined
      const commit = () => {
        const made = { batches, records, rejects, ...(checkpoint && { checkpoint }) }
        batches = 0
        records = 0
        rejects = 0
        checkpoint = undefined
        return made
      }
      for await (const batch of source) {
        await outside.call(signal)
        stored.push(...batch.records.map(idOf))
        batches += 1
        records += batch.records.length
        rejects += batch.rejects.length
        checkpoint = batch.checkpoint ?? checkpoint
        if (batches === commitEvery) yield commit()
      }
      if (batches > 0) yield commit()
      finished = true
    } finally {
      handle.close()
    }
  })
  return { sink, stored: () => stored, finished: () => finished }
}
