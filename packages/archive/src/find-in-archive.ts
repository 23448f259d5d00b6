import { PART_PATTERN } from './bag.ts'
import { openContainer } from './container.ts'
import { archivedLine, identifierOf } from './erase-find.ts'
import { edited } from './erase-pieces.ts'
import type { ArchivedLine } from './erase-traces.ts'
import { Findings } from './findings.ts'
import { tombstoneOf } from './tombstone.ts'

/** Whose conversations are looked for in an archive. */
export interface SoughtPeople {
  /** `ConversationIdentifier`. */
  readonly conversations: Pick<ReadonlySet<string>, 'has' | 'size'>
  /** `MessagingEndUser.Id`, 18 characters. */
  readonly endUserIds: Pick<ReadonlySet<string>, 'has' | 'size'>
}

/** A conversation of an archive that was looked for. */
export interface FoundConversation {
  readonly identifier: string
  /** Those of the end users looked for whose conversation it is; none where only its identifier was looked for. */
  readonly endUserIds: readonly string[]
}

const filesAllowed = 1_000_000

/** `MessagingEndUser.Id`, wherever it stands in a line. */
const endUserId = /(?<![0-9A-Za-z])0PA[0-9A-Za-z]{15}(?![0-9A-Za-z])/g

/**
 * The conversations of an archive that are looked for, one line at a time: by their identifier, or because one of the end users has a
 * session there, or takes part. Also those that the org does not hold any more. Checks nothing: `verify()` does.
 *
 * @throws CustodyError of kind not-found: `ARCHIVE_NOT_FOUND`, `NOT_AN_ARCHIVE`; `ERASE_LINE` for a line of which nobody can tell whose
 * it is
 */
export async function* findInArchive(
  archive: string,
  sought: SoughtPeople,
): AsyncGenerator<FoundConversation, void, undefined> {
  const container = await openContainer(archive, { files: filesAllowed }, new Findings())
  try {
    for (const path of [...container.files.keys()].filter((each) => PART_PATTERN.test(each)).sort()) {
      const found: FoundConversation[] = []
      const lines = edited(path, container.read(path), 'lines', (line) => {
        const conversation = tombstoneOf(line) === null ? conversationOf(line, path, sought) : null
        if (conversation !== null) found.push(conversation)
        return null
      })
      for await (const _ of lines);
      yield* found
    }
  } finally {
    await container.close()
  }
}

function conversationOf(
  line: Buffer,
  path: string,
  { conversations, endUserIds }: SoughtPeople,
): FoundConversation | null {
  const identifier = identifierOf(line) ?? archivedLine(line, path).conversation.identifier
  // Most lines name none of them: their bytes tell so, without being parsed.
  const named = endUserIds.size === 0 ? [] : (line.toString('latin1').match(endUserId) ?? [])
  const own = named.some((id) => endUserIds.has(id)) ? peopleOf(archivedLine(line, path)) : []
  const sought = [...new Set(own)].filter((id) => endUserIds.has(id))
  return sought.length > 0 || conversations.has(identifier) ? { identifier, endUserIds: sought } : null
}

/** Not whoever a text names: those who take part. */
function peopleOf({ sessions, participants }: ArchivedLine): readonly string[] {
  const ids = [...sessions.map((session) => session.endUserId), ...participants.map(({ recordId }) => recordId)]
  return ids.filter((id) => typeof id === 'string')
}
