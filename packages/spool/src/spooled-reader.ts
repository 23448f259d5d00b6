import { type Conversation, parseJson, toJoinKey } from '@custody/model'
import { CustodyError, type Drops, type Reject, type Source } from '@custody/pipeline'
import { createSpool, type SpoolOptions } from './create-spool.ts'
import { MarkedGroups } from './marked-groups.ts'
import { mergePieces } from './merge-pieces.ts'
import type { Group, SealedSpool } from './spool.ts'

/** What is spooled, and by which keys it is found again. */
export interface SpooledReaderOptions extends SpoolOptions {
  /** Gives the conversations of the window in any order; one may come in several pieces. Read once, on first use. */
  readonly source: Source<Conversation>
  /**
   * By which a conversation of the census and those of the source are known to be the same, the most telling first.
   *
   * @defaultValue identifier, record id, record ids of the sessions: Salesforce's descriptions contradict each other about
   * which of them the entries of Data 360 name.
   */
  readonly keysOf?: (conversation: Conversation) => readonly string[]
}

/** How a spool is filled. */
export interface SpooledReadOptions {
  readonly signal: AbortSignal
  /** Told of what the source refused, once, at the first use; and of entries that came twice with different content. */
  readonly onReject: (reject: Omit<Reject, 'stage'>) => void
}

/** Answers for single conversations out of a source that gives them all. */
export interface SpooledReader {
  /**
   * What the source holds of each of these conversations, in their order: the conversation as asked about, with the entries of
   * the source; null where it holds nothing of it.
   *
   * @throws CustodyError what the source and the spool throw; `SPOOL_CLOSED`. After a failure of the source each further call
   * throws the same.
   */
  read(conversations: readonly Conversation[], options: SpooledReadOptions): Promise<readonly (Conversation | null)[]>
  /**
   * After the last {@link read}: what nobody asked about and has entries, by key. A conversation without any, which a source may
   * give for its counts, has none in the window. Throws as {@link read} does.
   */
  rest(options: SpooledReadOptions): AsyncIterable<Conversation>
  /** What the source left out on purpose, by reason; empty before the first use. */
  drops(): Drops
  /** Removes everything from disk. */
  close(): Promise<void>
}

/** Makes a reader that keeps a whole source on disk, by conversation, and then answers from there. */
export function spooledReader(options: SpooledReaderOptions): SpooledReader {
  const { source, keysOf = keysOfConversation } = options
  const drops = new Map<string, number>()
  let closed = false
  let filled: Promise<{ readonly spool: SealedSpool; readonly asked: MarkedGroups }> | undefined

  const fill = async ({ signal, onReject }: SpooledReadOptions) => {
    const spool = createSpool(options)
    try {
      for await (const batch of source({ signal })) {
        for (const { stage: _, ...reject } of batch.rejects) onReject(reject)
        for (const [reason, count] of Object.entries(batch.drops ?? {})) {
          drops.set(reason, (drops.get(reason) ?? 0) + count)
        }
        for (const conversation of batch.records) {
          const piece = serialise(conversation)
          if (piece === null) {
            onReject(tooDeep(conversation))
            continue
          }
          const [home = conversation.identifier, ...aliases] = new Set(keysOf(conversation))
          await spool.add(home, `${PIECE}${piece}`)
          for (const alias of aliases) await spool.add(alias, `${ALIAS}${JSON.stringify(home)}`)
        }
      }
      const sealed = await spool.seal(signal)
      return { spool: sealed, asked: new MarkedGroups(sealed.keys) }
    } catch (error) {
      await spool.close()
      throw error
    }
  }
  const use = (context: SpooledReadOptions): NonNullable<typeof filled> => {
    if (closed) throw new CustodyError('SPOOL_CLOSED', 'The reader was closed before this.')
    filled ??= fill(context)
    return filled
  }

  return {
    async read(conversations, context) {
      const { spool, asked } = await use(context)
      const readings: (Conversation | null)[] = []
      for (const conversation of conversations) {
        const pieces: Conversation[] = []
        for (const group of await find(spool, keysOf(conversation), context.signal)) {
          asked.mark(group.index)
          pieces.push(...piecesOf(group))
        }
        readings.push(pieces.length === 0 ? null : mergePieces(conversation, pieces, context.onReject))
      }
      return readings
    },
    async *rest(context) {
      const { spool, asked } = await use(context)
      for await (const group of spool.groups(context.signal)) {
        if (asked.has(group.index)) continue
        const pieces = piecesOf(group)
        const [first] = pieces.filter(({ entries }) => entries.length > 0)
        if (first) yield mergePieces(first, pieces, context.onReject)
      }
    },
    drops: () => Object.fromEntries(drops),
    async close() {
      closed = true
      const held = await filled?.catch(() => undefined)
      await held?.spool.close()
    },
  }
}

// The first character of a value says what it is.
const PIECE = 'p'
const ALIAS = 'a'

function keysOfConversation({ identifier, recordId, sessions }: Conversation): readonly string[] {
  const ids = [identifier, recordId, ...sessions.map((session) => session.recordId)]
  return ids.filter((id) => id !== null).map(toJoinKey)
}

/** The groups under these keys, and those that they are other names of. */
async function find(spool: SealedSpool, keys: readonly string[], signal: AbortSignal): Promise<readonly Group[]> {
  const groups = new Map<number, Group>()
  const wanted = new Set(keys)
  // A set can be added to while it is walked through.
  for (const key of wanted) {
    const group = await spool.find(key, signal)
    if (!group) continue
    groups.set(group.index, group)
    for (const value of group.values) if (value[0] === ALIAS.charCodeAt(0)) wanted.add(parsed(value) as string)
  }
  return [...groups.values()]
}

function piecesOf({ values }: Group): readonly Conversation[] {
  return values.filter((value) => value[0] === PIECE.charCodeAt(0)).map((value) => parsed(value) as Conversation)
}

function parsed(value: Uint8Array): unknown {
  return parseJson(Buffer.from(value.buffer, value.byteOffset + 1, value.byteLength - 1).toString())
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

function tooDeep({ identifier }: Conversation): Omit<Reject, 'stage'> {
  return {
    code: 'CONVERSATION_TOO_LARGE',
    subject: { type: 'Conversation', id: identifier },
    message: 'It is nested too deeply, or too long, to be written as JSON.',
  }
}
