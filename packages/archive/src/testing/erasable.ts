import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Attachment, Conversation, Redaction } from '@custody/model'
import type { Reject, Source } from '@custody/pipeline'
import { batchOf, sampleConversation, sampleEntry, sampleSession, sourceOf, window } from './sample-conversations.ts'

/** A conversation as a test wants it, and every word that is its own. */
export interface Erasable {
  readonly conversation: Conversation
  readonly rejects: readonly Reject[]
  /** Words of it that stand nowhere else: none may be left. */
  readonly secrets: readonly string[]
}

export interface ErasableShape {
  readonly identifier: string
  /** Around the secret in each text. */
  readonly texts: readonly string[]
  /** Numbers of files it names. */
  readonly files: readonly number[]
  readonly isRedacted: boolean
  readonly isDoubtful: boolean
}

const at = (index: number, minute: number): string =>
  new Date(Date.parse(window.from) + index * 3_600_000 + minute * 60_000).toISOString()

/** 18 characters that no other id has. */
const recordIdOf = (prefix: string, index: number): string => `${prefix}${String(index * 7919 + 13).padStart(15, 'Q')}`

/** Conversation number `index`, with a mark of its own in everything that an archive keeps of it. */
export function erasable(index: number, shape: ErasableShape): Erasable {
  const mark = createHash('sha256').update(`mark ${index}`).digest('hex').slice(0, 12)
  const recordId = recordIdOf('0dw', index)
  const session = recordIdOf('0Mw', index)
  const endUser = recordIdOf('0PA', index)
  const name = `Name-${mark}`
  const entryIds = shape.texts.map((_, number) => `e-${mark}-${number}-${'x'.repeat(20)}`)
  const subject = `s/${mark}/subject`
  const entries = shape.texts.map((text, number) =>
    sampleEntry(entryIds[number] ?? '', at(index, number), number % 2 ? 'agent' : 'end-user', {
      sender: { role: 'end-user', appType: null, subject, displayName: name },
      text: `${text} text${mark} ${text}`,
      content:
        number === 0 && shape.files.length > 0
          ? { type: 'attachments', attachments: shape.files.map((file) => attachment(file, `file-${mark}.pdf`)) }
          : { type: 'buttons', options: [{ id: `o${mark}`, title: `${text} title${mark}`, subtitle: null }] },
      relatedRecords: [endUser],
      payload: { entryPayload: `${text} payload${mark}`, nested: [{ '"': `key${mark}` }] },
    }),
  )
  const redaction: Redaction = {
    entryId: entryIds[0] ?? null,
    field: 'text',
    type: 'EMAIL',
    detector: 'pattern',
    action: 'label',
    start: 0,
    length: 3,
  }
  const conversation = sampleConversation(index, {
    identifier: shape.identifier,
    recordId,
    startTime: at(index, 0),
    endTime: at(index, 50),
    sessions: [sampleSession(index, at(index, 0), { recordId: session, endUserId: endUser })],
    participants: [
      { role: 'end-user', displayName: name, recordId: endUser, joinedAt: at(index, 0), leftAt: null },
      { role: 'agent', displayName: 'Agent of all', recordId: '005000000000001AAA', joinedAt: null, leftAt: null },
    ],
    entries,
    redactions: shape.isRedacted ? [redaction] : [],
    witnesses: [
      {
        source: 'data360',
        answer: 'given',
        entries: entries.length,
        agentMessages: 1,
        endUserMessages: 1,
        whole: true,
        differences: entryIds.map((entryId) => ({ entryId, what: 'text' as const })),
      },
    ],
    reconciliation: {
      verdict: shape.isDoubtful ? 'missing' : 'matched',
      reason: shape.isDoubtful ? 'fewer-messages' : null,
      expectedAgentMessages: 1,
      expectedEndUserMessages: 1,
    },
  })
  const within = { type: 'Conversation', id: shape.identifier }
  const rejects: Reject[] = shape.isDoubtful
    ? [
        {
          stage: 'attachments',
          code: 'ATTACHMENT_GONE',
          subject: { type: 'Attachment', id: `a-${mark}` },
          within,
          message: `The file of the entry ${entryIds[0]}: it is gone.`,
        },
        {
          stage: 'census',
          code: 'SESSION_ODD',
          subject: { type: 'MessagingSession', id: session },
          message: `The session ${session} of ${recordId.slice(0, 15)} is odd.`,
        },
        {
          stage: 'census',
          code: 'END_USER_NOT_FOUND',
          subject: { type: 'MessagingEndUser', id: endUser },
          message: 'Not there.',
        },
      ]
    : []
  const secrets = [mark, recordId.slice(0, 15), session.slice(0, 15), endUser.slice(0, 15)]
  return { conversation, rejects, secrets }
}

export function sourceOfErasables(records: readonly Erasable[]): Source<Conversation> {
  const batches = records.map(({ conversation, rejects }) => batchOf([conversation], { rejects }))
  return sourceOf(...batches)
}

/** The bytes of file number `number`. */
export function fileBytes(number: number): Buffer {
  return Buffer.from(`file number ${number}\n`.repeat(number + 1))
}

export function fileSha256(number: number): string {
  return createHash('sha256').update(fileBytes(number)).digest('hex')
}

function attachment(number: number, name: string): Attachment {
  const file = { sha256: fileSha256(number), size: fileBytes(number).length, mimeType: 'application/pdf' }
  return { name, mimeType: 'application/pdf', url: null, id: null, file }
}

/** Puts the files where the archive takes them from. */
export function placeFiles(folder: string, count: number): (sha256: string) => string {
  for (let number = 0; number < count; number++) writeFileSync(join(folder, fileSha256(number)), fileBytes(number))
  return (sha256) => join(folder, sha256)
}
