import { isSender, participantId, participantsOf } from '../data360/dmo-participants.ts'
import { recordId } from '../ids.ts'
import { relatedRecords, senderOf, sentAt, wireEntry } from '../server/wire-entry.ts'
import { asUtf16, csvLines } from './csv-lines.ts'
import type { ExportedEntry, ExportedOrg } from './export-entries.ts'

// assumption: nobody has published the layout of a transcript export. These three use the names of the off-core schema,
// of the API and of the data model objects.

/** Off-core ConversationEntry: snake case, types in capitals, JSON in cells, and the schema's own spelling mistake. */
export function offCoreCsv(org: ExportedOrg, entries: Iterable<ExportedEntry>): Iterable<string> {
  const columns = [
    'identifier',
    'conversation_identifer',
    'entry_type',
    'entry_payload',
    'sender',
    'transcripted_timestamp',
    'client_timestamp',
    'related_records',
  ]
  return csvLines({ columns, quoted: false }, rows())

  function* rows(): Iterable<readonly string[]> {
    for (const { outline, step } of entries) {
      const { entryId, entryType, payload } = org.world.entry(outline.index, step)
      yield [
        entryId,
        outline.identifier,
        upperSnake(entryType),
        payload === null ? '' : JSON.stringify(payload),
        JSON.stringify(senderOf(org.world, outline, step)),
        String(step.at),
        String(sentAt(org.world, outline, step)),
        JSON.stringify(relatedRecords(org, outline, step)),
      ]
    }
  }
}

/** Off-core RelatedRecord: a table beside the entries that holds none. */
export function relatedRecordCsv(org: ExportedOrg): Iterable<string> {
  const columns = ['conversation_entity_id', 'record_id', 'created_at', 'org_id']
  return csvLines({ columns, quoted: false }, rows())

  function* rows(): Iterable<readonly string[]> {
    const absent = org.deletions.absent('transcript-export')
    for (let index = 0; index < org.world.conversations; index++) {
      if (absent.sessions(index)) continue
      for (const { id15, start } of org.world.outline(index).sessions) {
        yield [recordId('Conversation', index), id15, String(start), recordId('Organization', 1)]
      }
    }
  }
}

/** An entry a line, as the Conversation Data API writes it, with its conversation. */
export function* apiLines(org: ExportedOrg, entries: Iterable<ExportedEntry>): Iterable<string> {
  for (const { outline, step } of entries) {
    yield `${JSON.stringify({ conversationIdentifier: outline.identifier, ...wireEntry(org, outline, step) })}\n`
  }
}

/** The data model object of entries, as a spreadsheet program saves it. */
export function entryDmoCsv(org: ExportedOrg, entries: Iterable<ExportedEntry>): Iterable<Buffer> {
  const columns = [
    'Id',
    'ConversationId',
    'ConversationEntryType',
    'EngagementParticipantId',
    'PayloadText',
    'TranscriptedDateTime',
    'ClientDateTime',
    'ExternalRecordId',
  ].map(dmoField)
  return asUtf16(csvLines({ columns, lineEnding: '\r\n' }, rows()))

  function* rows(): Iterable<readonly string[]> {
    for (const { outline, step } of entries) {
      const { entryId, entryType, payload } = org.world.entry(outline.index, step)
      const participants = participantsOf(org.world, outline.index)
      const sender = participants.find((member) => isSender(member, step, outline.agents.length))
      yield [
        entryId,
        recordId('Conversation', outline.index),
        entryType,
        sender ? participantId(sender) : '',
        payload === null ? '' : JSON.stringify(payload),
        new Date(step.at).toISOString(),
        new Date(sentAt(org.world, outline, step)).toISOString(),
        entryId,
      ]
    }
  }
}

/** Which conversation an id stands for. */
export function conversationDmoCsv(org: ExportedOrg): Iterable<Buffer> {
  const columns = ['Id', 'ExternalRecordId', 'StartDateTime'].map(dmoField)
  return asUtf16(csvLines({ columns, lineEnding: '\r\n' }, rows()))

  function* rows(): Iterable<readonly string[]> {
    const absent = org.deletions.absent('transcript-export')
    for (let index = 0; index < org.world.conversations; index++) {
      if (absent.conversation(index)) continue
      const { identifier, start } = org.world.outline(index)
      yield [recordId('Conversation', index), identifier, new Date(start).toISOString()]
    }
  }
}

/** Who a participant's id stands for. */
export function participantDmoCsv(org: ExportedOrg): Iterable<Buffer> {
  const columns = ['Id', 'ConversationId', 'EngagementParticipantRole', 'ParticipantDisplayName'].map(dmoField)
  return asUtf16(csvLines({ columns, lineEnding: '\r\n' }, rows()))

  function* rows(): Iterable<readonly string[]> {
    const absent = org.deletions.absent('transcript-export')
    for (let index = 0; index < org.world.conversations; index++) {
      if (absent.conversation(index)) continue
      for (const participant of participantsOf(org.world, index)) {
        if (absent.participant(index, participant)) continue
        const { role, displayName } = participant
        yield [participantId(participant), recordId('Conversation', index), role, displayName]
      }
    }
  }
}

function dmoField(name: string): string {
  return `std__${name}__c`
}

/** `ParticipantChanged` is `PARTICIPANT_CHANGED`. */
function upperSnake(name: string): string {
  return name.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase()
}
