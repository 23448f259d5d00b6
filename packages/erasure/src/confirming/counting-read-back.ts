import { toJoinKey } from '@custody/model'
import { chunks, count, type ReadBackSource, type SourceName } from './read-back.ts'

/** A source that is read back by counting, after the time its copies may lag behind. */
export interface CountingReadBackOptions {
  readonly name: Extract<SourceName, 'data360'>
  /** How long it may show what is gone already. */
  readonly lagMs: number
  /** How many entries there are under each of these ids of conversations and sessions, in one query. Ids without any are absent. */
  readonly countEntries: (ids: readonly string[], signal: AbortSignal) => Promise<ReadonlyMap<string, number>>
}

const idsPerQuery = 100

/** A store that is asked by SQL for many conversations at once, the control record among them. */
export function countingReadBack({ name, lagMs, countEntries }: CountingReadBackOptions): ReadBackSource {
  return {
    name,
    lagMs,
    async readBack(targets, control, signal) {
      const seen = new Map<string, number>()
      const asked = new Map<string, number>()
      const owners = new Map<string, string>()
      for (const { key, traces } of targets) {
        const shared = traces.conversations.some(({ isShared }) => isShared)
        const conversations = traces.conversations.filter(({ isShared }) => !isShared).map(({ recordId }) => recordId)
        // Entries may hang on the session; one that others write in as well says nothing of the person.
        for (const id of [...conversations, ...(shared ? [] : traces.sessions)]) {
          owners.set(toJoinKey(id), key)
          count(asked, key)
        }
      }
      const controls = [control.conversationId, control.sessionId].map(toJoinKey)
      let isControlFound = true
      for (const ids of chunks([...owners.keys()], idsPerQuery)) {
        const counts = await countEntries([...ids, ...controls], signal)
        if (!controls.some((id) => (counts.get(id) ?? 0) > 0)) isControlFound = false
        for (const [id, entries] of counts) {
          const key = owners.get(toJoinKey(id))
          if (key !== undefined && entries > 0) count(seen, key, entries)
        }
      }
      return { control: isControlFound ? 'found' : 'missing', seen, asked }
    },
  }
}
