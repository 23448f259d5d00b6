import { HttpStatusError, type OrgClient } from '@custody/http'
import { expect, test } from 'vitest'
import { surveyObjects } from './survey-objects.ts'
import { id, queryOrg, type Tables, time } from './testing/query-org.ts'
import { window } from './testing/take-census.ts'
import { transcriptType } from './transcript-row.ts'
import { metricType, voiceCallType } from './wire.ts'

const fields: Readonly<Record<string, readonly string[]>> = {
  Conversation: ['Id', 'ConversationIdentifier', 'ConversationChannelId', 'StartTime', 'EndTime', 'Name'],
  MessagingSession: [
    'Id',
    'ConversationId',
    'Status',
    'StartTime',
    'EndTime',
    'MessagingEndUserId',
    'AgentMessageCount',
    'EndUserMessageCount',
  ],
  MessagingEndUser: ['Id', 'Name', 'MessagingPlatformKey', 'MessageType', 'ContactId'],
  VoiceCall: voiceCallType.fields,
  LiveChatTranscript: transcriptType.fields,
  MessagingSessionMetrics: metricType.fields,
}

/** An org that describes `objects`, and answers queries over `tables`. */
function describedOrg(objects: Readonly<Record<string, readonly string[]>>, tables: Tables = {}) {
  const queries = queryOrg({ tables })
  const paths: string[] = []
  const org: OrgClient = {
    async getJson(request) {
      const { path, parse } = request
      if (!path.includes('/sobjects')) return queries.getJson(request)
      paths.push(path)
      const name = /\/sobjects\/(\w+)\/describe$/.exec(path)?.[1]
      const answer = { status: 200, headers: {} }
      if (name === undefined)
        return parse({ sobjects: [...Object.keys(objects), 'Gone'].map((name) => ({ name, label: name })) }, answer)
      const known = objects[name]
      if (!known || known.length === 0) throw notFound
      return parse({ name, fields: known.map((name) => ({ name, type: 'string' })) }, answer)
    },
  }
  return { org, paths, asked: queries.asked }
}

const notFound = new HttpStatusError({
  status: 404,
  endpoint: 'describe',
  errorCode: 'NOT_FOUND',
  retryAfterMs: null,
  retryable: false,
  attempt: 1,
})

test('says what can be read, what for, and why not', async () => {
  const { org, paths, asked } = describedOrg({
    ...fields,
    Contact: ['Id', 'Name', 'Email'],
    // Listed, but gone when asked for.
    MessagingChannel: [],
  })
  const surveyed = await surveyObjects({ org })
  expect(surveyed.map(({ object, need, visible, reason }) => [object, need, visible, reason])).toEqual([
    ['Conversation', 'required', true, null],
    ['MessagingSession', 'required', true, null],
    ['MessagingEndUser', 'required', true, null],
    ['ConversationParticipant', 'context', false, 'not-listed'],
    ['Contact', 'context', false, 'fields-hidden'],
    ['MessagingChannel', 'context', false, 'not-listed'],
    ['VoiceCall', 'optional', true, null],
    ['LiveChatTranscript', 'optional', true, null],
    ['MessagingSessionMetrics', 'optional', true, null],
  ])
  expect(surveyed[4]?.hiddenFields).toContain('MobilePhone')
  expect(surveyed.every(({ apart }) => apart === null)).toBe(true)
  expect(paths).toHaveLength(9)
  expect(asked).toEqual([])
})

test('counts what no conversation of the census leads to', async () => {
  const tables: Tables = {
    VoiceCall: [
      { Id: id('0LQ', 1), ConversationId: null, CallStartDateTime: time(10) },
      { Id: id('0LQ', 2), ConversationId: id('0dw', 1), CallStartDateTime: time(10) },
      { Id: id('0LQ', 3), ConversationId: null, CallStartDateTime: time(60) },
    ],
    LiveChatTranscript: [10, 20, -10].map((end, n) => ({ Id: id('570', n), EndTime: time(end) })),
  }
  const surveyed = await surveyObjects({ org: describedOrg(fields, tables).org, window })
  expect(surveyed.filter(({ apart }) => apart !== null).map(({ object, apart }) => [object, apart])).toEqual([
    ['VoiceCall', 1],
    ['LiveChatTranscript', 2],
  ])
})

test('counts nothing of what cannot be read', async () => {
  const { org, asked } = describedOrg({ Conversation: fields['Conversation'] ?? [] })
  const surveyed = await surveyObjects({ org, window })
  expect(surveyed.filter(({ visible }) => visible)).toHaveLength(1)
  expect(asked).toEqual([])
})

test('other errors, and what is no description, end it', async () => {
  const failing: OrgClient = { getJson: () => Promise.reject(new Error('enough')) }
  await expect(surveyObjects({ org: failing })).rejects.toThrow('enough')
  const odd: OrgClient = { getJson: async ({ parse }) => parse({ sobjects: 7 }, { status: 200, headers: {} }) }
  await expect(surveyObjects({ org: odd })).rejects.toMatchObject({ code: 'CENSUS_PAGE_MALFORMED' })
  await expect(surveyObjects({ org: odd, window: { from: window.to, to: window.from } })).rejects.toMatchObject({
    code: 'CENSUS_WINDOW',
  })
})
