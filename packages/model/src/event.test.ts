import { describe, expect, it } from 'vitest'
import { readPayload } from './index.ts'

describe('events', () => {
  it('reads who came and went', () => {
    const payload = {
      entryType: 'ParticipantChanged',
      id: 'u',
      entries: [
        {
          operation: 'add',
          displayName: 'Robin',
          participant: { role: 'Chatbot', appType: 'chatbot', subject: '0Xx' },
        },
        { operation: 'remove', displayName: null, participant: null },
        null,
      ],
    }
    const { entries } = payload
    for (const [type, form] of [
      ['ParticipantChanged', payload],
      ['PARTICIPANT_CHANGED', JSON.stringify(payload)],
      ['PARTICIPANT_CHANGED', JSON.stringify({ entries })],
      ['', JSON.stringify(payload)],
    ] as const) {
      expect(readPayload(type, form)).toEqual({
        kind: 'participant-change',
        text: null,
        content: {
          type: 'participants',
          changes: [
            { operation: 'add', role: 'bot', displayName: 'Robin' },
            { operation: 'remove', role: 'other', displayName: null },
            { operation: '', role: 'other', displayName: null },
          ],
        },
      })
    }
  })

  it('reads routing, with the wait time bare or in its object', () => {
    const payload = {
      recordId: '0MwKj000007sdiM',
      routingType: 'Initial',
      failureType: 'None',
      failureReason: '',
      estimatedWaitTime: { estimatedWaitTimeInSeconds: -1, isEWTRequested: true },
    }
    const content = {
      type: 'routing',
      routingType: 'Initial',
      workType: null,
      failureType: 'None',
      failureReason: null,
      recordId: '0MwKj000007sdiMKAQ',
      estimatedWaitTime: -1,
    }
    expect(readPayload('RoutingResult', payload)).toEqual({ kind: 'routing', text: null, content })
    expect(readPayload('RoutingResult', { ...payload, estimatedWaitTime: 30 }).content).toEqual({
      ...content,
      estimatedWaitTime: 30,
    })
    expect(readPayload('RoutingWorkResult', { workType: 'Accepted' }).content).toMatchObject({ workType: 'Accepted' })
    expect(readPayload('RoutingRequested', { routingType: 'Transfer' }).content).toMatchObject({
      routingType: 'Transfer',
    })
  })

  it('reads a failed delivery, an acknowledgement, a modality, the end of a session', () => {
    expect(
      readPayload('MessageDeliveryFailed', {
        failedConversationEntryIdentifier: 'e-1',
        recipient: { appType: 'custom', subject: 's', role: 'EndUser' },
        errorCode: 131047,
      }),
    ).toEqual({
      kind: 'delivery-failure',
      text: null,
      content: { type: 'delivery-failure', failedEntryId: 'e-1', errorCode: '131047' },
    })
    for (const type of ['DeliveryAcknowledgement', 'ReadAcknowledgement']) {
      expect(
        readPayload(type, {
          acknowledgedConversationEntryIdentifier: 'e-1',
          acknowledgementTimestamp: 1736508081,
        }),
      ).toEqual({
        kind: 'acknowledgement',
        text: null,
        content: { type: 'acknowledgement', acknowledgedEntryId: 'e-1', at: '2025-01-10T11:21:21.000Z' },
      })
    }
    expect(readPayload('ModalityUpdate', { activeModalities: ['Messaging', null, 'Voice'] })).toEqual({
      kind: 'modality-change',
      text: null,
      content: { type: 'modality', active: ['Messaging', 'Voice'] },
    })
    const ended = { sessionStatus: 'Ended', sessionStatusPrev: 'Active', sessionEndedByRole: 'Agent' }
    expect(readPayload('SessionStatusChanged', ended)).toEqual({
      kind: 'session-change',
      text: null,
      content: { type: 'session', status: 'Ended', previousStatus: 'Active', endedByRole: 'agent' },
    })
    expect(readPayload('CloseConversation', { entryType: 'CloseConversation', id: 'u' }).content).toBeNull()
  })

  it('reads the words of notes, flags and consultations, and none of signals', () => {
    expect(readPayload('Note', { id: 'u', text: 'Ask for the serial number' }).text).toBe('Ask for the serial number')
    expect(readPayload('Note', 'Ask for {it}').text).toBe('Ask for {it}')
    expect(readPayload('NOTE', '{"entryType":"NOTE","text":"Ask"}').text).toBe('Ask')
    expect(readPayload('RoutingResult', 'no JSON').text).toBeNull()
    expect(readPayload('FLAG_RAISE', { id: 'u', message: 'Please help' })).toEqual({
      kind: 'flag',
      text: 'Please help',
      content: null,
    })
    expect(readPayload('ConsultConversationInfo', { title: 'Consult' })).toMatchObject({
      kind: 'other',
      text: 'Consult',
    })
    expect(readPayload('TypingStartedIndicator', { timestamp: 1, text: 'x' }).text).toBeNull()
  })

  it('reads the file of an updated message', () => {
    const attachmentUploadResult = { id: 'a-1', name: 'invoice.pdf', mimeType: 'application/pdf' }
    expect(readPayload('MessageUpdated', { attachmentUploadResult })).toEqual({
      kind: 'other',
      text: 'invoice.pdf',
      content: {
        type: 'attachments',
        attachments: [{ id: 'a-1', name: 'invoice.pdf', mimeType: 'application/pdf', url: null }],
      },
    })
  })
})
