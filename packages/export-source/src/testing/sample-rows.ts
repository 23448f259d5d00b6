import fc from 'fast-check'

export const layoutNames = ['off-core-csv', 'dmo-utf16-csv', 'api-ndjson', 'nested-json'] as const

/** What a row of an export says, whatever its layout. */
export interface ExportedRow {
  readonly conversation: string
  readonly entryId: string
  readonly entryType: string
  /** JSON text, or plain. */
  readonly payload: string
  readonly sender: { readonly role: string; readonly appType: string; readonly subject: string }
  /** ISO. */
  readonly serverAt: string
  /** ISO, or empty. */
  readonly clientAt: string
  readonly relatedRecords: readonly string[]
  /** A column that nobody knows; may be empty. */
  readonly colour: string
}

export const sampleWindow = { from: '2026-10-01T00:00:00.000Z', to: '2026-11-01T00:00:00.000Z' }

const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 })
const day = 86_400_000
const instant = fc
  .integer({ min: Date.parse(sampleWindow.from) - 2 * day, max: Date.parse(sampleWindow.to) + 2 * day })
  .map((ms) => new Date(ms).toISOString())

const message = text.map((words) =>
  JSON.stringify({
    entryType: 'Message',
    abstractMessage: { messageType: 'StaticContentMessage', staticContent: { formatType: 'Text', text: words } },
  }),
)

/** Rows of a few conversations, each entry once, in any order. */
export const sampleRows: fc.Arbitrary<readonly ExportedRow[]> = fc.uniqueArray(
  fc.record({
    conversation: fc.constantFrom('c-1', 'c-2', '0dwAA0000000001AAA', '__proto__', 'ü; "x"'),
    entryId: fc.nat({ max: 60 }).map((id) => `entry-${id}`),
    entryType: fc.constantFrom('Message', 'MESSAGE', 'ParticipantChanged', 'SomethingNew'),
    payload: fc.oneof(
      message,
      text.map((words) => `plain ${words}`),
      fc.constant('{"entries":[{"operation":"add"}]}'),
    ),
    sender: fc.record({
      role: fc.constantFrom('Agent', 'EndUser', 'Chatbot', 'System'),
      appType: fc.constantFrom('agent', 'iamessage'),
      subject: fc.constantFrom('s-1', 's-2'),
    }),
    serverAt: fc.oneof(
      { weight: 9, arbitrary: instant },
      { weight: 1, arbitrary: fc.constantFrom(sampleWindow.from, sampleWindow.to) },
    ),
    clientAt: fc.oneof(instant, fc.constant('')),
    relatedRecords: fc.subarray(['0MwAA0000000001AAA', '003AA0000000001AAA']),
    colour: fc.constantFrom('', 'red'),
  }),
  { selector: ({ entryId }) => entryId, maxLength: 40 },
)
