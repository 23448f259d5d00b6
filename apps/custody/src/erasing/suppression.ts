import { existsSync } from 'node:fs'
import { type ErasureStore, erasureFile, openErasureStore } from '@custody/erasure'
import type { Conversation } from '@custody/model'
import { type Clock, mapRecords, type Stage } from '@custody/pipeline'
import type { ArchiveJob } from '../archive-job/archive-job.ts'
import { count } from '../archive-job/progress.ts'
import type { Console } from '../console.ts'
import { erasureDirectory, erasureKey } from './org-erasures.ts'

/** Keeps erased persons out of archives that are made later: copies of their words may still be found somewhere. */
export interface Suppression extends AsyncDisposable {
  /** Right after the reading: whatever source gave them, they go no further. */
  readonly stage: Stage<Conversation, Conversation>
  counts(): SuppressionCounts
}

export interface SuppressionCounts {
  /** Conversations left out: each has its row in reconciliation.csv, `excluded` for the reason `suppressed`. */
  readonly leftOut: number
  /** Conversations that stay, although an erased person had a part in them: somebody else had one, too. */
  readonly shared: number
}

const endUserPrefix = '0PA'

/** Null where no request was ever added for this org. */
export async function openSuppression(
  { config, orgAlias, key }: Pick<ArchiveJob, 'config' | 'orgAlias' | 'key'>,
  clock: Clock,
): Promise<Suppression | null> {
  const directory = erasureDirectory(config, orgAlias)
  if (!existsSync(erasureFile(directory))) return null
  const store = await openErasureStore({ directory, key: erasureKey(key), clock, readOnly: true })
  const { stage, counts } = suppress(store)
  return { stage, counts, [Symbol.asyncDispose]: () => store[Symbol.asyncDispose]() }
}

/**
 * Leaves out the conversations of persons on the list. Not as drops: those would say that the archive is incomplete for good, and what was
 * erased is not missing.
 */
export function suppress(list: Pick<ErasureStore, 'isSuppressed'>): Pick<Suppression, 'stage' | 'counts'> {
  const counts = { leftOut: 0, shared: 0 }
  return {
    stage: mapRecords<Conversation, Conversation>({
      name: 'suppression',
      map: async (conversation) => {
        const people = peopleOf(conversation)
        let suppressed = 0
        for (const id of people) if (await list.isSuppressed(id)) suppressed += 1
        if (suppressed === 0) return conversation
        if (suppressed < people.size) {
          counts.shared += 1
          return conversation
        }
        counts.leftOut += 1
        return withoutWords(conversation)
      },
    }),
    counts: () => ({ ...counts }),
  }
}

/** Nothing is left out in silence. */
export function tellSuppressed(
  suppression: Suppression | null,
  console: Pick<Console, 'event' | 'talk' | 'warn'>,
): void {
  const { leftOut, shared } = suppression?.counts() ?? { leftOut: 0, shared: 0 }
  if (leftOut + shared === 0) return
  console.event({ type: 'suppressed', leftOut, shared })
  if (leftOut > 0) console.talk(`  ${count(leftOut)} conversations of erased persons were found, and are left out.`)
  if (shared > 0) {
    console.warn(
      `${count(shared)} conversations of an erased person and somebody else are in the archive: look into them.`,
    )
  }
}

function peopleOf({ sessions, participants, endUsers, entries }: Conversation): ReadonlySet<string> {
  const ids = new Set<string | null>([
    ...sessions.map(({ endUserId }) => endUserId),
    ...participants.map(({ recordId }) => recordId),
    ...endUsers.map(({ recordId }) => recordId),
  ])
  // What only other sources know has no sessions: its entries name who wrote them.
  for (const { sender, relatedRecords } of entries) for (const id of [sender.subject, ...relatedRecords]) ids.add(id)
  return new Set([...ids].filter((id) => id !== null).filter((id) => id.startsWith(endUserPrefix)))
}

/** Its counts stay, so that its row says how much was left out; no word, no name, no id of an entry does. */
function withoutWords(conversation: Conversation): Conversation {
  const { witnesses, reconciliation } = conversation
  return {
    ...conversation,
    participants: [],
    endUsers: [],
    entries: [],
    redactions: [],
    witnesses: witnesses.map((witness) => ({ ...witness, differences: [] })),
    reconciliation: {
      verdict: 'excluded',
      reason: 'suppressed',
      expectedAgentMessages: reconciliation?.expectedAgentMessages ?? null,
      expectedEndUserMessages: reconciliation?.expectedEndUserMessages ?? null,
    },
  }
}
