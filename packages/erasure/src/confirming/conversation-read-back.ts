import { HttpStatusError } from '@custody/http'
import type { Traces } from '../executing/traces.ts'
import { chunks, count, type ReadBackSource, type SourceName } from './read-back.ts'

/** Who sent an entry: `sender.subject`; null where the API does not say. */
export interface SentEntry {
  readonly subject: string | null
}

/** A source that is read back conversation by conversation. */
export interface ConversationReadBackOptions {
  readonly name: Extract<SourceName, 'conversation-data' | 'connect'>
  /** @defaultValue 0 */
  readonly lagMs?: number
  /**
   * Reads the entries of one conversation, never those of an earlier reading; all of them where `wholly`, otherwise some if there are any.
   * A 404 may be thrown as it is.
   */
  readonly read: (
    identifier: string,
    options: { readonly wholly: boolean; readonly signal: AbortSignal },
  ) => Promise<readonly SentEntry[]>
}

/** So many conversations between two looks at the control record. */
const betweenControls = 20

/** An API that gives the entries of one conversation: the control record is read before and after a few of them. */
export function conversationReadBack({ name, lagMs = 0, read }: ConversationReadBackOptions): ReadBackSource {
  const entriesOf = async (identifier: string, wholly: boolean, signal: AbortSignal): Promise<readonly SentEntry[]> => {
    try {
      return await read(identifier, { wholly, signal })
    } catch (error) {
      // One of its causes is that there is no such conversation; the control record excludes the others.
      if (error instanceof HttpStatusError && error.status === 404) return []
      throw error
    }
  }
  return {
    name,
    lagMs,
    async readBack(targets, control, signal) {
      const seen = new Map<string, number>()
      const asked = new Map<string, number>()
      const isControlThere = async (): Promise<boolean> =>
        (await entriesOf(control.identifier, false, signal)).length > 0
      const questions = targets.flatMap(({ key, traces }) =>
        traces.conversations.flatMap(({ identifier, isShared }) =>
          identifier === null ? [] : [{ key, traces, identifier, isShared }],
        ),
      )
      for (const few of chunks(questions, betweenControls)) {
        if (!(await isControlThere())) return { control: 'missing', seen, asked }
        for (const { key, traces, identifier, isShared } of few) {
          signal.throwIfAborted()
          count(asked, key)
          const entries = await entriesOf(identifier, isShared, signal)
          const theirs = isShared ? entries.filter((entry) => isOf(traces, entry)) : entries
          if (theirs.length > 0) count(seen, key, theirs.length)
        }
        if (!(await isControlThere())) return { control: 'missing', seen, asked }
      }
      return { control: 'found', seen, asked }
    },
  }
}

/** assumption: the subject of an end user's entry is the platform key or ends in it, as captures have it. */
function isOf({ platformKey }: Traces, { subject }: SentEntry): boolean {
  return platformKey !== null && subject !== null && (subject === platformKey || subject.endsWith(platformKey))
}
