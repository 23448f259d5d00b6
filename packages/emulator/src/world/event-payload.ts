import { entryIdentifier, recordId15 } from '../ids.ts'
import { Random } from '../random.ts'
import type { EntryContext, Payload } from './entry-context.ts'
import { appTypeOf, subjectOf } from './participants.ts'
import { details } from './phrases/phrases.ts'
import { purpose } from './purposes.ts'
import { topicOf } from './script.ts'
import { bot, supervisor } from './staff.ts'
import { fill, type Planted } from './text.ts'
import { title } from './title.ts'

/** What an event says. */
export function eventPayload({ seed, outline, person, step }: EntryContext): Payload {
  const { kind } = step
  const id = entryIdentifier(seed, outline.index, step.number)
  const earlier = entryIdentifier(seed, outline.index, Math.max(0, step.number - 1))
  const sessionId = outline.sessions[step.session]?.id15 ?? null
  const agent = outline.agents[Math.min(step.session, outline.agents.length - 1)]
  const event = (entryType: string, fields: object, planted: readonly Planted[] = []): Payload => ({
    entryType,
    payload: { entryType, id, ...fields },
    planted,
  })
  const endUser = {
    role: 'EndUser',
    appType: outline.channel.appType,
    subject: subjectOf(seed, outline, person, 'EndUser'),
  }

  switch (kind) {
    case 'participant-added':
    case 'participant-removed': {
      const displayName = step.role === 'Agent' ? agent?.name : step.role === 'Chatbot' ? bot.name : person.name
      const role = step.role === 'System' ? 'EndUser' : step.role
      return event(
        'ParticipantChanged',
        {
          entries: [
            {
              operation: kind === 'participant-added' ? 'add' : 'remove',
              displayName,
              participant: {
                role,
                appType: appTypeOf(outline, role),
                subject: subjectOf(seed, outline, person, role, step.session),
              },
              supportedModalities: ['Messaging'],
            },
          ],
        },
        role === 'EndUser' ? [{ type: 'NAME', literal: person.name }] : [],
      )
    }
    case 'routing':
      return event('RoutingResult', {
        routingType: step.session === 0 ? 'Initial' : 'Transfer',
        failureType: 'None',
        failureReason: null,
        recordId: sessionId,
        estimatedWaitTime: 20 + (outline.index % 7) * 15,
      })
    case 'routing-failed':
      return event('RoutingResult', {
        routingType: 'Transfer',
        failureType: 'RoutingError',
        failureReason: 'No agent available',
        recordId: sessionId,
        estimatedWaitTime: null,
      })
    case 'routing-work':
      return event('RoutingWorkResult', { workType: 'Accepted', recordId: sessionId })
    case 'delivery-failed':
      return event('MessageDeliveryFailed', {
        failedConversationEntryIdentifier: earlier,
        recipient: endUser,
        errorCode: '131047',
      })
    case 'delivery-acknowledged':
      return event('DeliveryAcknowledgement', {
        acknowledgedConversationEntryIdentifier: earlier,
        acknowledgementTimestamp: step.at,
      })
    case 'read-acknowledged':
      return event('ReadAcknowledgement', {
        acknowledgedConversationEntryIdentifier: earlier,
        acknowledgementTimestamp: step.at,
      })
    case 'note': {
      const random = new Random(seed, purpose.text, outline.index, step.number)
      const { text, planted } = fill(person.locale.phrases.note, random, outline, person, step)
      return event('Note', { note: { text } }, planted)
    }
    case 'flag-raised':
      return event('FlagRaise', { message: null, recordId: sessionId })
    case 'flag-lowered':
      return event('FlagLower', { recordId: sessionId })
    case 'consent':
      return event('EndUserConsentUpdated', { consentStatus: 'ExplicitlyOptedIn' })
    case 'modality':
      return event('ModalityUpdate', { activeModalities: ['Messaging', 'Voice'] })
    case 'session-context':
      return event('SessionContext', {
        context: { language: person.locale.tag, page: `https://shop.example/${topicOf(outline)}` },
      })
    case 'session-owner':
      return event('SessionOwnerChanged', { sessionId, ownerId: agent ? recordId15('User', agent.number) : null })
    case 'session-status':
      return event('SessionStatusChanged', { sessionId, status: 'Ended', endedByType: 'Agent' })
    case 'consult':
      return event('ConsultConversationInfo', { consultedRecordId: recordId15('User', supervisor.number) })
    case 'client-menu':
      return event('ClientMenu', { menu: { title: title(person.locale.phrases.bot.menu), options: [...details] } })
    case 'message-updated':
      return event('MessageUpdated', { attachmentUploadResult: { referenceId: earlier, status: 'Scanned' } })
    case 'closed':
      return event('CloseConversation', {})
    default:
      return event('QuantumEntanglementUpdated', { spin: [null, { up: true }], at: step.at })
  }
}
