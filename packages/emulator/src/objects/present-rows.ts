import type { Absence } from '../deletion/absence.ts'
import type { Deletions } from '../deletion/deletions.ts'
import type { Field, SchemaObject } from '../soql/schema.ts'
import type { World } from '../world/world.ts'
import { filesPerConversation } from './content.ts'
import { members } from './conversation-participant.ts'

/** Whether a row is gone. */
type IsGone = (row: number) => boolean

const perConversation = 8

/** Where it stands what is gone. */
export interface Presence {
  readonly deletions: Deletions
  /** What whoever looks no longer sees. */
  readonly absent: () => Absence
}

/** An object without the rows that a deletion took. Rows keep their numbers, so nobody else's ids move. */
export function presentRows(
  world: World,
  { deletions, absent: absentNow }: Presence,
  object: SchemaObject,
): SchemaObject {
  const make = goneOf(world, deletions, object)
  if (!make) return object
  /** Undefined where nothing is gone, as in most orgs most of the time. */
  const isGone = (): IsGone | undefined => {
    const absent = absentNow()
    return absent.isEmpty ? undefined : make(absent)
  }
  const { fields, indexes } = object
  return {
    ...object,
    rows(first, end) {
      const gone = isGone()
      const rows = object.rows(first, end)
      return gone ? present(rows, gone) : rows
    },
    fields: object.name === 'ContentVersion' ? new Map([...fields].map(publishedWhere(absentNow))) : fields,
    indexes: new Map(
      [...indexes].map(([name, find]) => [
        name,
        (value) => {
          const gone = isGone()
          return gone ? find(value).filter((row) => !gone(row)) : find(value)
        },
      ]),
    ),
  }
}

function* present(rows: Iterable<number>, isGone: IsGone): Iterable<number> {
  for (const row of rows) if (!isGone(row)) yield row
}

/** How to tell for an object; undefined for objects that deletion does not reach. */
function goneOf(
  world: World,
  deletions: Deletions,
  { name, parents }: SchemaObject,
): ((absent: Absence) => IsGone) | undefined {
  const parentRow = (relationship: string, row: number): number => parents.get(relationship)?.row(row) ?? -1
  const sessionGone = (absent: Absence, session: number): boolean => {
    const index = Math.floor(session / perConversation)
    return index < world.conversations && absent.sessions(index)
  }
  const ofFile = (row: number): number => Math.floor(row / filesPerConversation)

  switch (name) {
    case 'MessagingEndUser':
      return (absent) => absent.endUser
    case 'Conversation':
      return (absent) => absent.conversation
    case 'MessagingSession':
      // Those that belong to no conversation go with their end user all the same.
      return (absent) => (row) => sessionGone(absent, row) || absent.endUser(parentRow('messagingenduser', row))
    case 'MessagingSessionMetrics':
      return (absent) => (row) => sessionGone(absent, parentRow('messagingsession', row))
    case 'ConversationParticipant':
      return (absent) => (row) => {
        const index = Math.floor(row / perConversation)
        const member = members(world, world.outline(index))[row % perConversation]
        return member !== undefined && absent.participant(index, member)
      }
    case 'VoiceCall':
      return (absent) => (row) =>
        absent.endUser(parentRow('enduser', row)) || absent.conversation(parentRow('conversation', row))
    case 'ContentDocumentLink':
      return (absent) => (row) => absent.sessions(ofFile(row))
    case 'ContentVersion':
      return (absent) => (row) => deletions.switches.files === 'deleted' && absent.sessions(ofFile(row))
    default:
      return undefined
  }
}

/** A file that stays names no session that has gone. */
function publishedWhere(absent: () => Absence): (entry: readonly [string, Field]) => readonly [string, Field] {
  return ([key, field]) => {
    if (key !== 'firstpublishlocationid') return [key, field]
    const get: Field['get'] = (row) =>
      absent().sessions(Math.floor(row / filesPerConversation)) ? null : field.get(row)
    return [key, { ...field, get }]
  }
}
