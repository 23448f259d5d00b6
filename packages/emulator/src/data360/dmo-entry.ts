import { conversationOfEntry, recordId, recordNumber } from '../ids.ts'
import { hash32 } from '../random.ts'
import { sentAt } from '../server/wire-entry.ts'
import type { Table } from '../sql/table.ts'
import { purpose } from '../world/purposes.ts'
import type { Step } from '../world/script.ts'
import { isMessage } from '../world/world.ts'
import { isSender, participantId, participantPartition, participantsOf } from './dmo-participants.ts'
import { type DmoContext, dmoTable, partitionOfId, text, time, typed } from './dmo-table.ts'
import { plainText } from './plain-text.ts'

interface EntryRow {
  readonly index: number
  readonly step: Step
  readonly conversationId: string | null
  readonly senderId: string | null
}

/** Room for the entries of one conversation in the numbering of record ids. */
const perConversation = 2 ** 20

/** assumption: a row is made in Data 360 this long after the entry was received. */
const createdAfterMs = 1_000

/** Fields: data model reference, page of Conversation Entry; KQ_Id__c as a pipeline in production reads it. */
export function entryDmo(context: DmoContext): Table {
  const { world, switches } = context
  const span = world.longestSpan
  const everyNth = (n: number, salt: number, index: number, { number }: Step): boolean =>
    n > 0 && hash32(world.seed, salt, index, number) % n === 0

  function rowsOf(index: number): readonly EntryRow[] {
    const { steps, outline } = world.conversation(index)
    const added = world.appended(index)
    // Results are of the moment the query was sent: what was added since is not in them.
    const known = world.scripted(index) + Math.min(added, context.appended.get(index) ?? 0)
    // Ids are made once for all entries that share them.
    const senders = participantsOf(world, index).map((member) => ({ member, id: participantId(member) }))
    const ids =
      switches.conversationIds === '0dw'
        ? [recordId('Conversation', index)]
        : outline.sessions.map(({ number }) => recordId('MessagingSession', index * 8 + number))
    const rows: EntryRow[] = []
    for (const step of steps) {
      const age = context.now - step.at
      const unseen = age >= 0 && age < switches.visibilityLagMs
      if (unseen || step.number >= known || context.losses.lost('data360', index, step)) continue
      if (context.absent.entry(index, step)) continue
      const sender = senders.find(({ member }) => isSender(member, step, outline.agents.length))
      const isOrphan = everyNth(switches.orphanEveryNthEntry, 0x6f72, index, step)
      const conversationId = isOrphan ? null : (ids[Math.min(step.session, ids.length - 1)] ?? null)
      const row = { index, step, conversationId, senderId: sender?.id ?? null }
      rows.push(row)
      if (everyNth(switches.duplicateEveryNthEntry, 0x6475, index, step)) rows.push(row)
    }
    return rows
  }

  const identifier = ({ index, step }: EntryRow): string => world.entryId(index, step)
  const id =
    switches.entryIds === 'identifier'
      ? text(identifier, {
          required: true,
          partitionOf: (value: string) => conversationOfEntry(world.seed, value),
        })
      : text(({ index, step }: EntryRow) => recordId('ConversationEntry', index * perConversation + step.number), {
          required: true,
          ascending: true,
          partitionOf: partitionOfId(context, (value) => recordNumber('ConversationEntry', value), perConversation),
        })
  const certain = switches.orphanEveryNthEntry === 0

  return dmoTable<EntryRow>(context, {
    name: 'ConversationEntry',
    qualified: ['Id', 'ConversationId', 'EngagementParticipantId', 'ParentEntryId'],
    rowsOf,
    fields: {
      Id: id,
      ConversationId: text(({ conversationId }) => conversationId, {
        required: certain,
        ascending: certain,
        partitionOf:
          switches.conversationIds === '0dw'
            ? partitionOfId(context, (value) => recordNumber('Conversation', value), 1)
            : partitionOfId(context, (value) => recordNumber('MessagingSession', value), 8),
      }),
      ConversationEntryType: text((row) => entryType(context, row)),
      ConversationEntryStatus: text(({ step }) => (step.kind === 'delivery-failed' ? 'Error' : 'Sent')),
      ConversationEntryVisibilityType: text(({ step }) => (step.kind === 'note' ? 'Not Visible' : 'Visible')),
      ConversationEntrySequenceNumber: text(({ step }) => String(step.number + 1)),
      SequenceNumber: typed('bigint', ({ step }) => step.number + 1),
      EngagementParticipantId: text(({ senderId }) => senderId, {
        partitionOf: participantPartition(context),
      }),
      ParentEntryId: text(() => null),
      SourceId: text(() => null),
      SourceObject: text(() => null),
      PayloadText: text((row) => payloadText(context, row)),
      ClientDateTime: time(
        context,
        ({ index, step }) => sentAt(world, world.outline(index), step),
        { before: 1_500, after: span },
        { required: true },
      ),
      TranscriptedDateTime: time(context, ({ step }) => step.at, { after: span }, { required: true }),
      CreatedDate: time(
        context,
        ({ step }) => step.at + createdAfterMs,
        { after: span + createdAfterMs },
        { required: true },
      ),
      LastModifiedDate: time(
        context,
        ({ step }) => step.at + createdAfterMs,
        { after: span + createdAfterMs },
        { required: true },
      ),
      // A decimal longer than a double holds.
      DurationSecondsCount: typed('numeric', ({ step }) =>
        step.kind === 'big-number' ? '12345678901234567890.123456789012345678' : null,
      ),
      VersionNumber: text(() => '1'),
      ExternalRecordId: text(identifier, { required: true }),
      Language: text(({ index, step }) => world.speaker(world.outline(index), step).locale.tag),
      Modality: text(() => 'Messaging'),
      IsExternallyVisible: text(({ step }) => String(step.kind !== 'note')),
      DataSourceApplicationName: text(() => 'Salesforce'),
    },
  })
}

function entryType({ world, switches }: DmoContext, { index, step }: EntryRow): string {
  if (switches.entryTypes === 'text' && isMessage(step)) return 'text'
  const { entryType: wire } = world.entry(index, step)
  return switches.entryTypes === 'upper' ? wire.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase() : wire
}

function payloadText({ world, switches, now }: DmoContext, { index, step }: EntryRow): string | null {
  // assumption: another text arrives as late as a new entry does.
  const { payload } = world.entryAt(index, step, now - switches.visibilityLagMs)
  const mode =
    switches.payloadText === 'mixed'
      ? hash32(world.seed, purpose.order, index, step.number) % 2 === 0
        ? 'json'
        : 'plain'
      : switches.payloadText
  if (payload === null) return null
  return mode === 'json' ? JSON.stringify(payload) : plainText(payload)
}
