import { entryKinds } from '@custody/model'
import {
  isAnything,
  isCount,
  isExactly,
  isFlag,
  isInOrder,
  isLike,
  isListOf,
  isNumber,
  isOneByType,
  isOneOf,
  isRecordOf,
  isText,
  orNull,
  type Shape,
} from './shape.ts'

// The lines of an archive's JSONL files, as schema/*.schema.json describes them: a test holds the two against each other.

const text = orNull(isText)
const instant = isLike(/^-?\d{4,6}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
const sha256 = isLike(/^[0-9a-f]{64}$/)
const erasureId = isLike(/^ER-[A-Z2-7]{16}$/)
const role = isOneOf('end-user', 'agent', 'bot', 'system', 'supervisor', 'other')
const one = isOneOf(1)

const file = isExactly({ sha256, size: isCount, mimeType: text })
const attachment = isExactly({ name: text, mimeType: text, url: text, id: text }, { file })
const options = isListOf(isExactly({ id: text, title: text, subtitle: text }))
const fields = isListOf(isExactly({ label: text, type: text, value: text, options }))
const choices = isExactly({ type: isText, options })

const content = isOneByType({
  attachments: isExactly({ type: isText, attachments: isListOf(attachment) }),
  'rich-link': isExactly({ type: isText, title: text, url: text, image: orNull(attachment) }),
  links: isExactly({ type: isText, links: isListOf(isExactly({ title: text, url: text })) }),
  'web-view': isExactly({ type: isText, title: text, url: text }),
  template: isExactly({ type: isText, name: text }),
  buttons: choices,
  'quick-replies': choices,
  carousel: isExactly({
    type: isText,
    items: isListOf(isExactly({ title: text, subtitle: text, image: orNull(attachment), options })),
  }),
  choice: isExactly({ type: isText, selected: options }),
  form: isExactly({ type: isText, title: text, fields }),
  'form-response': isExactly({ type: isText, fields }),
  participants: isExactly({
    type: isText,
    changes: isListOf(isExactly({ operation: isText, role, displayName: text })),
  }),
  routing: isExactly({
    type: isText,
    routingType: text,
    workType: text,
    failureType: text,
    failureReason: text,
    recordId: text,
    estimatedWaitTime: orNull(isNumber),
  }),
  'delivery-failure': isExactly({ type: isText, failedEntryId: text, errorCode: text }),
  acknowledgement: isExactly({ type: isText, acknowledgedEntryId: text, at: text }),
  session: isExactly({ type: isText, status: text, previousStatus: text, endedByRole: orNull(role) }),
  modality: isExactly({ type: isText, active: isListOf(isText) }),
})

const kind = isOneOf(...entryKinds)

/** A line of the master that holds a conversation. */
export const conversationShape: Shape = isInOrder({
  v: one,
  salt: isLike(/^[A-Za-z0-9_-]{43}$/),
  conversation: isInOrder({
    identifier: isText,
    recordId: text,
    channelName: text,
    channelType: text,
    startTime: orNull(instant),
    endTime: orNull(instant),
    continuedBefore: isFlag,
    continuesAfter: isFlag,
  }),
  sessions: isListOf(
    isInOrder({
      recordId: isText,
      status: text,
      startTime: orNull(instant),
      endTime: orNull(instant),
      endUserId: text,
      agentMessageCount: orNull(isCount),
      endUserMessageCount: orNull(isCount),
    }),
  ),
  participants: isListOf(
    isInOrder({ role, displayName: text, recordId: text, joinedAt: orNull(instant), leftAt: orNull(instant) }),
  ),
  entries: isListOf(
    isInOrder({
      entryId: isText,
      sentAt: instant,
      clientAt: orNull(instant),
      kind,
      entryType: isText,
      sender: isInOrder({ role, appType: text, subject: text, displayName: text }),
      text,
      content: orNull(content),
      relatedRecords: isListOf(isText),
      source: isOneOf('conversation-data', 'connect', 'data360', 'transcript-export', 'records'),
      payload: isAnything,
      extra: isAnything,
    }),
  ),
})

/** A line of `integrity/erasures.jsonl`. */
export const erasureShape: Shape = isExactly({
  v: one,
  id: erasureId,
  indexes: isListOf(isCount),
  basis: isLike(/^[a-z0-9-]{1,60}$/),
  reference: text,
  erasedAt: instant,
  operator: isText,
  supersedes: orNull(sha256),
})

/** A line of `audit/audit.jsonl`. */
export const auditShape: Shape = isExactly({
  n: isCount,
  t: instant,
  actor: isText,
  act: isText,
  run: text,
  obj: text,
  detail: isRecordOf(orNull((value) => (/^(?:string|number|boolean)$/.test(typeof value) ? null : ''))),
  prev: sha256,
})

const subject = isExactly({ type: isText, id: text })

/** A line of `data/reports/rejects.jsonl`. */
export const rejectShape: Shape = isExactly({
  v: one,
  stage: isText,
  code: isText,
  subject,
  within: orNull(subject),
  message: isText,
})

/** A line of `data/reports/redactions.jsonl`. An erased conversation leaves no names in it. */
export const redactionShape: Shape = isExactly({
  v: one,
  identifier: isText,
  entryId: text,
  field: isText,
  type: isText,
  detector: isText,
  action: isText,
  start: isCount,
  length: isCount,
})
