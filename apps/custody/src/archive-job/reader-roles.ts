import type { EntryReader } from '@custody/archive'
import { CustodyError, type Reject } from '@custody/pipeline'
import type { ReadingJob } from './reading-job.ts'

/** A reader whose rejects of these codes are nobody's business. */
export function excusing(reader: EntryReader, codes: readonly string[]): EntryReader {
  return {
    ...reader,
    read: (asked, { signal, onReject }) =>
      reader.read(asked, {
        signal,
        onReject: (reject) => {
          if (!codes.includes(reject.code)) onReject(reject)
        },
      }),
  }
}

/** Failures in a row after which a witness counts as down: going on would only wait for it. */
const maxFailedInARow = 20

/**
 * A reader that the run goes on without when it is down: what it was to testify about stays unknown then. Signing in is another
 * matter: who configured it wrong should hear so.
 */
export function testifying(reader: EntryReader): EntryReader {
  let isDown = false
  let failed = 0
  return {
    ...reader,
    async read(asked, context) {
      if (isDown) return asked.map(() => 'failed')
      const giveUp = (why: string): void => {
        isDown = true
        context.onReject(unavailable(reader, why))
      }
      try {
        const readings = await reader.read(asked, context)
        for (const reading of readings) failed = reading === 'failed' ? failed + 1 : 0
        if (failed >= maxFailedInARow) giveUp(`it failed ${failed} times in a row`)
        return readings
      } catch (error) {
        context.signal.throwIfAborted()
        if (!CustodyError.isInstance(error) || error.kind !== 'failure') throw error
        giveUp(error.code)
        return asked.map(() => 'failed')
      }
    },
    async *rest(context) {
      if (!isDown && reader.rest) yield* reader.rest(context)
    },
  }
}

function unavailable({ source }: EntryReader, why: string): Omit<Reject, 'stage'> {
  return {
    code: 'WITNESS_UNAVAILABLE',
    subject: { type: 'Source', id: source },
    message: `It could not be asked any further (${why}): what it was to testify about is not proven.`,
  }
}

/** A reader of an export that says, once, when the export is older than the end of the window. */
export function tellingAge(reader: EntryReader, { exportedAt, window }: ReadingJob): EntryReader {
  let told = exportedAt === null || exportedAt >= window.to
  return {
    ...reader,
    read(asked, context) {
      if (!told) {
        context.onReject({
          code: 'EXPORT_BEFORE_WINDOW_END',
          subject: { type: 'Window', id: null },
          message: `The export was made at ${exportedAt}: what was sent later in the window is not in it.`,
        })
      }
      told = true
      return reader.read(asked, context)
    },
  }
}
