import { type Conversation, parseJson } from '@custody/model'
import type { Reject, Source } from '@custody/pipeline'
import type { SpoolOptions } from './create-spool.ts'
import {
  aliasOf,
  type GroupReaderOptions,
  groupReader,
  keysOfConversation,
  type SpooledReader,
  textOf,
} from './group-reader.ts'

/** What is spooled, and by which keys it is found again. */
export interface SpooledReaderOptions extends SpoolOptions, Pick<GroupReaderOptions, 'keysOf'> {
  /** Gives the conversations of the window in any order; one may come in several pieces. Read once, on first use. */
  readonly source: Source<Conversation>
}

/** Makes a reader that keeps a whole source on disk, by conversation, and then answers from there. */
export function spooledReader({
  source,
  keysOf = keysOfConversation,
  ...options
}: SpooledReaderOptions): SpooledReader {
  return groupReader({
    ...options,
    keysOf,
    async *fill(spool, signal) {
      for await (const batch of source({ signal })) {
        const rejects = [...batch.rejects]
        for (const conversation of batch.records) {
          const piece = serialise(conversation)
          if (piece === null) {
            rejects.push(tooDeep(conversation))
            continue
          }
          const [home = conversation.identifier, ...aliases] = new Set(keysOf(conversation))
          await spool.add(home, piece)
          for (const alias of aliases) await spool.add(alias, aliasOf(home))
        }
        yield { ...batch, rejects }
      }
    },
    piecesOf: (values) => values.map((value) => parseJson(textOf(value)) as unknown as Conversation),
  })
}

/** As JSON, numbers beyond a double included; null where it is nested too deeply, or too long, for JSON to be written. */
function serialise(conversation: Conversation): string | null {
  try {
    return JSON.stringify(conversation)
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}

function tooDeep({ identifier }: Conversation): Reject {
  return {
    stage: 'spool',
    code: 'CONVERSATION_TOO_LARGE',
    subject: { type: 'Conversation', id: identifier },
    message: 'It is nested too deeply, or too long, to be written as JSON.',
  }
}
