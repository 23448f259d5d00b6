import { describe, expect, it } from 'vitest'
import { toEntryKind } from './index.ts'

/** Every entry type the reference knows, in both spellings where both are seen. */
const known = [
  ['Message', 'message'],
  ['MESSAGE', 'message'],
  ['Text', 'message'],
  ['ParticipantChanged', 'participant-change'],
  ['PARTICIPANT_CHANGED', 'participant-change'],
  ['RoutingRequested', 'routing'],
  ['RoutingResult', 'routing'],
  ['ROUTING_RESULT', 'routing'],
  ['RoutingWorkResult', 'routing'],
  ['ROUTING_WORK_RESULT', 'routing'],
  ['BotEscalated', 'routing'],
  ['MessageDeliveryFailed', 'delivery-failure'],
  ['MESSAGE_DELIVERY_FAILED', 'delivery-failure'],
  ['DeliveryAcknowledgement', 'acknowledgement'],
  ['ReadAcknowledgement', 'acknowledgement'],
  ['TypingIndicator', 'typing'],
  ['TypingStartedIndicator', 'typing'],
  ['TypingStoppedIndicator', 'typing'],
  ['ProgressIndicator', 'typing'],
  ['SessionStatusChanged', 'session-change'],
  ['SESSION_STATUS_CHANGED', 'session-change'],
  ['SessionOwnerChanged', 'session-change'],
  ['SESSION_CONTEXT', 'session-change'],
  ['CloseConversation', 'session-change'],
  ['ChatbotEndedChatByAction', 'session-change'],
  ['ModalityUpdate', 'modality-change'],
  ['EndUserConsentUpdated', 'consent'],
  ['END_USER_CONSENT_UPDATED', 'consent'],
  ['EndUserOptedIn', 'consent'],
  ['AdminOptedOut', 'consent'],
  ['FlagRaise', 'flag'],
  ['FLAG_LOWER', 'flag'],
  ['FlagRaised', 'flag'],
  ['Note', 'note'],
  ['NOTE', 'note'],
  ['MessageUpdated', 'other'],
  ['ClientMenu', 'other'],
  ['CLIENT_MENU', 'other'],
  ['ClientAction', 'other'],
  ['ConsultConversationInfo', 'other'],
  ['StreamingToken', 'other'],
] as const

describe('toEntryKind', () => {
  it.each(known)('%s is %s', (entryType, kind) => {
    expect(toEntryKind(entryType)).toBe(kind)
  })

  it.each(['', '_', 'constructor', '__proto__', 'Messages', 'Message'.repeat(100_000)])(
    'does not know %.20s',
    (type) => {
      expect(toEntryKind(type)).toBe('other')
    },
  )
})
