import type { Clock } from '@custody/pipeline'
import type { Deletion, Deletions } from '../deletion/deletions.ts'
import { logId, logSteps, operations } from '../deletion/log-entry.ts'
import { recordNumber } from '../ids.ts'
import type { SchemaObject } from '../soql/schema.ts'
import { auditFields, fieldsOf, idOf, parentsOf } from './fields.ts'

/** Rows grow while the org runs; this is beyond all of them. */
const bound = 2 ** 31

/** Object Reference, ConversationApiLog: rows are the ids that requests to delete were accepted for. */
export function conversationApiLogObject(deletions: Deletions, clock: Clock): SchemaObject {
  const count = (): number => (deletions.switches.log === 'absent' ? 0 : deletions.accepted.length)
  const deletion = (row: number): Deletion => deletions.accepted[row] as Deletion
  const steps = (row: number): ReturnType<typeof logSteps> => logSteps(deletion(row), deletions.switches, clock.now())
  const requested = (row: number): number => deletion(row).requestedAt
  const withId = (id: string): readonly number[] => {
    const row = (recordNumber('ConversationApiLog', id) ?? 0) - 1
    return row >= 0 && row < count() ? [row] : []
  }
  return {
    name: 'ConversationApiLog',
    bound,
    *rows(first, end) {
      for (let row = Math.max(0, first); row < Math.min(end, count()); row++) yield row
    },
    fields: fieldsOf({
      Id: ['id', (row) => logId(deletion(row))],
      Name: ['string', (row) => `CAL-${String(row + 1).padStart(8, '0')}`],
      Action: ['string', () => 'Delete'],
      Operation: ['string', (row) => operations[deletion(row).kind]],
      RequestedById: ['id', (row) => idOf('User', deletion(row).user)],
      RequestedDate: ['datetime', requested],
      // Documented: a text of fifteen characters.
      RequestedEntityIdentifier: ['string', (row) => deletion(row).recordId.slice(0, 15)],
      RequestedEntityType: [
        'string',
        (row) => (deletion(row).kind === 'end-user' ? 'MessagingEndUser' : 'Conversation'),
      ],
      Parameter: ['string', () => null],
      // assumption: what stands in the context and the history; only their lengths are documented.
      Context: ['string', (row) => (deletion(row).fate === 'failed' ? 'The request could not be completed' : null)],
      Status: ['string', (row) => steps(row).at(-1)?.status ?? null],
      StatusHistory: [
        'string',
        (row) =>
          steps(row)
            .map(({ status, at }) => `${status} ${new Date(at).toISOString()}`)
            .join('; '),
      ],
      OwnerId: ['id', (row) => idOf('User', deletion(row).user)],
      ...auditFields(requested, (row) => steps(row).at(-1)?.at ?? null),
    }),
    parents: parentsOf({
      RequestedBy: ['User', (row) => deletion(row).user],
      Owner: ['User', (row) => deletion(row).user],
    }),
    indexes: new Map([
      ['id', withId],
      [
        'requestedentityidentifier',
        (value) =>
          deletions.accepted
            .slice(0, count())
            // Text compares without regard to case; whoever looks tests it again.
            .filter(({ recordId }) => recordId.slice(0, 15).toLowerCase() === value.toLowerCase())
            .map(({ number }) => number),
      ],
    ]),
    ranges: new Map(),
    ordered: new Set(['id', 'requesteddate', 'createddate']),
  }
}
