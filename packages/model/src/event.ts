import type { Content } from './content.ts'
import type { EntryKind, Json } from './entry.ts'
import { toInstant } from './instant.ts'
import { attachmentLine, readAttachment } from './item.ts'
import { isObject, type JsonObject, toList, toObject, toText } from './json-parts.ts'
import { toJoinKey } from './record-id.ts'
import type { Rendering } from './rendering.ts'
import { toRole } from './role.ts'

/** What an event's payload says. Nobody reads an event as text, but for the words in a note or flag. */
export function readEvent(kind: EntryKind, payload: JsonObject): Rendering {
  const uploaded = payload['attachmentUploadResult']
  if (isObject(uploaded)) {
    const attachment = readAttachment(uploaded)
    return { lines: [attachmentLine(attachment)], content: { type: 'attachments', attachments: [attachment] } }
  }
  const content = readEventContent(kind, payload)
  return { lines: [], content: content !== null && saysAnything(content) ? content : null }
}

function saysAnything({ type: _, ...parts }: Content): boolean {
  return Object.values(parts).some((part) => part !== null && !(Array.isArray(part) && part.length === 0))
}

function readEventContent(kind: EntryKind, payload: JsonObject): Content | null {
  switch (kind) {
    case 'participant-change':
      return {
        type: 'participants',
        changes: toList(payload['entries']).map((value) => {
          const entry = toObject(value)
          return {
            operation: toText(entry['operation']) ?? '',
            role: toRole(toObject(entry['participant'])['role']),
            displayName: toText(entry['displayName']),
          }
        }),
      }
    case 'routing': {
      const recordId = toText(payload['recordId'])
      return {
        type: 'routing',
        routingType: toText(payload['routingType']),
        workType: toText(payload['workType']),
        failureType: toText(payload['failureType']),
        failureReason: toText(payload['failureReason']),
        recordId: recordId === null ? null : toJoinKey(recordId),
        estimatedWaitTime: readWaitTime(payload['estimatedWaitTime']),
      }
    }
    case 'delivery-failure':
      return {
        type: 'delivery-failure',
        failedEntryId: toText(payload['failedConversationEntryIdentifier']),
        errorCode: toText(payload['errorCode']),
      }
    case 'acknowledgement':
      return {
        type: 'acknowledgement',
        acknowledgedEntryId: toText(payload['acknowledgedConversationEntryIdentifier']),
        at: toInstant(payload['acknowledgementTimestamp']),
      }
    case 'session-change': {
      const endedBy = toText(payload['sessionEndedByRole'])
      return {
        type: 'session',
        status: toText(payload['sessionStatus']),
        previousStatus: toText(payload['sessionStatusPrev']),
        endedByRole: endedBy === null ? null : toRole(endedBy),
      }
    }
    case 'modality-change':
      return {
        type: 'modality',
        active: toList(payload['activeModalities'])
          .map(toText)
          .filter((modality) => modality !== null),
      }
    default:
      return null
  }
}

/** Either the number itself or `{"estimatedWaitTimeInSeconds": -1, "isEWTRequested": true}`. */
function readWaitTime(value: Json | undefined): number | null {
  const seconds = isObject(value) ? value['estimatedWaitTimeInSeconds'] : value
  return typeof seconds === 'number' && Number.isFinite(seconds) ? seconds : null
}
