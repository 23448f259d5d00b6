import type { ExportedRow, layoutNames } from './sample-rows.ts'

export type Layout = (typeof layoutNames)[number]

/** Writes rows as one file, in one of the ways an export may have. */
export function writeLayout(layout: Layout, rows: readonly ExportedRow[]): { name: string; bytes: Buffer } {
  switch (layout) {
    case 'off-core-csv': {
      const names = [
        'identifier',
        'conversation_identifer',
        'entry_type',
        'entry_payload',
        'sender',
        'transcripted_timestamp',
        'client_timestamp',
        'related_records',
        'colour',
      ]
      const cells = rows.map((row) => [
        row.entryId,
        row.conversation,
        row.entryType,
        row.payload,
        JSON.stringify(row.sender),
        String(Date.parse(row.serverAt)),
        row.clientAt,
        JSON.stringify(row.relatedRecords),
        row.colour,
      ])
      return { name: 'entries.csv', bytes: Buffer.from(csv([names, ...cells], ',')) }
    }
    case 'dmo-utf16-csv': {
      const names = [
        'Id',
        'ConversationId',
        'ConversationEntryType',
        'PayloadText',
        'SenderRole',
        'SenderAppType',
        'SenderSubject',
        'TranscriptedDateTime',
        'ClientDateTime',
        'RelatedRecords',
      ]
      const header = [...names.map((name) => `std__${name}__c`), 'colour']
      const cells = rows.map((row) => [
        row.entryId,
        row.conversation,
        row.entryType,
        row.payload,
        row.sender.role,
        row.sender.appType,
        row.sender.subject,
        // As Salesforce writes it in SOQL.
        row.serverAt.replace('Z', '+0000'),
        row.clientAt,
        row.relatedRecords.join(';'),
        row.colour,
      ])
      return { name: 'entries.csv', bytes: Buffer.from(`\ufeff${csv([header, ...cells], ';')}`, 'utf16le') }
    }
    case 'api-ndjson':
      return {
        name: 'entries.ndjson',
        bytes: Buffer.from(rows.map((row) => `${JSON.stringify(apiEntry(row))}\n`).join('')),
      }
    case 'nested-json': {
      const conversations = [...Map.groupBy(rows, ({ conversation }) => conversation)].map(([identifier, group]) => ({
        identifier,
        conversationEntries: group.map(apiEntry).map(({ conversationIdentifier: _, ...entry }) => entry),
      }))
      return { name: 'conversations.json', bytes: Buffer.from(JSON.stringify({ conversations }, null, 1)) }
    }
  }
}

function apiEntry(row: ExportedRow): Readonly<Record<string, unknown>> {
  return {
    identifier: row.entryId,
    conversationIdentifier: row.conversation,
    entryType: row.entryType,
    entryPayload: row.payload,
    sender: row.sender,
    transcriptedTimestamp: Date.parse(row.serverAt),
    clientTimestamp: row.clientAt === '' ? null : Date.parse(row.clientAt),
    relatedRecords: row.relatedRecords,
    ...(row.colour !== '' && { colour: row.colour }),
  }
}

export function csv(rows: readonly (readonly string[])[], delimiter: string): string {
  return rows.map((row) => `${row.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(delimiter)}\r\n`).join('')
}
