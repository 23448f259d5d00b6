import { type Conversation, parseJson, toJoinKey } from '@custody/model'
import { type Batch, CustodyError, type Drops, type Reject } from '@custody/pipeline'
import { createSpool, type SpoolOptions } from './create-spool.ts'
import { MarkedGroups } from './marked-groups.ts'
import { mergePieces } from './merge-pieces.ts'
import type { Group, SealedSpool, Spool } from './spool.ts'

/** How a spool is filled. */
export interface SpooledReadOptions {
  readonly signal: AbortSignal
  /** Told of what the source refused, once, at the first use; and of what was refused of single conversations. */
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

/** How a source spools what it reads, and what it makes of it again. */
export interface GroupReaderOptions extends SpoolOptions {
  /**
   * Reads all of the source into the spool, once, on first use; gives what it refused and left out. Under each key stand the records of
   * one conversation, or {@link aliasOf} another key; nothing else begins like that.
   */
  readonly fill: (spool: Spool, signal: AbortSignal) => AsyncIterable<Pick<Batch<unknown>, 'rejects' | 'drops'>>
  /** What the records of one key say: pieces of a conversation, none where they say nothing alone. */
  readonly piecesOf: (
    values: readonly Uint8Array[],
    onReject: SpooledReadOptions['onReject'],
  ) => readonly Conversation[]
  /**
   * By which a conversation of the census and those of the source are known to be the same, the most telling first.
   *
   * @defaultValue {@link keysOfConversation}
   */
  readonly keysOf?: (conversation: Conversation) => readonly string[]
}

/** Makes a reader that has a whole source spooled, by conversation, and then answers from there. */
export function groupReader(options: GroupReaderOptions): SpooledReader {
  const { piecesOf, keysOf = keysOfConversation } = options
  const drops = new Map<string, number>()
  let closed = false
  let filled: Promise<{ readonly spool: SealedSpool; readonly asked: MarkedGroups }> | undefined

  const fill = async ({ signal, onReject }: SpooledReadOptions) => {
    const spool = createSpool(options)
    try {
      for await (const batch of options.fill(spool, signal)) {
        for (const { stage: _, ...reject } of batch.rejects) onReject(reject)
        for (const [reason, count] of Object.entries(batch.drops ?? {})) {
          drops.set(reason, (drops.get(reason) ?? 0) + count)
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
  const piecesIn = ({ values }: Group, { onReject }: SpooledReadOptions): readonly Conversation[] =>
    piecesOf(
      values.filter((value) => !isAlias(value)),
      onReject,
    )

  return {
    async read(conversations, context) {
      const { spool, asked } = await use(context)
      const readings: (Conversation | null)[] = []
      for (const conversation of conversations) {
        const pieces: Conversation[] = []
        for (const group of await find(spool, keysOf(conversation), context.signal)) {
          asked.mark(group.index)
          pieces.push(...piecesIn(group, context))
        }
        readings.push(pieces.length === 0 ? null : mergePieces(conversation, pieces, context.onReject))
      }
      return readings
    },
    async *rest(context) {
      const { spool, asked } = await use(context)
      for await (const group of spool.groups(context.signal)) {
        if (asked.has(group.index) || group.values.every(isAlias)) continue
        // Records of one conversation may stand under several names.
        const same = group.values.some(isAlias) ? await find(spool, [group.key], context.signal) : [group]
        const pieces: Conversation[] = []
        for (const one of same) {
          if (asked.has(one.index)) continue
          asked.mark(one.index)
          pieces.push(...piecesIn(one, context))
        }
        const first = pieces.find(({ entries }) => entries.length > 0)
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

// The first character of a value that is an alias. JSON of an object begins otherwise.
const ALIAS = 'a'

/** What stands under another name of a conversation: the key that its records stand under. */
export function aliasOf(key: string): string {
  return `${ALIAS}${JSON.stringify(key)}`
}

function isAlias(value: Uint8Array): boolean {
  return value[0] === ALIAS.charCodeAt(0)
}

/**
 * Identifier, record id, record ids of the sessions: Salesforce's descriptions contradict each other about which of them the entries
 * of Data 360 name.
 */
export function keysOfConversation({ identifier, recordId, sessions }: Conversation): readonly string[] {
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
    for (const value of group.values) if (isAlias(value)) wanted.add(parseJson(textOf(value.subarray(1))) as string)
  }
  return [...groups.values()]
}

/** A value of a spool as the text it was. */
export function textOf({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString()
}
