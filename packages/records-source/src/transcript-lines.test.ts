import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readTranscriptLines } from './transcript-lines.ts'

const head = (text: string): string => `<p align="center">${text}</p>`
const start = `${head('Chat Started: Thursday, October 01, 2026, 08:00:00 (+0000)')}${head('Chat Origin: Web')}`

test('counts messages by who wrote them', () => {
  const body = `${start}${head('Agent Ada B')}( 3s ) Ada: Hello<br>( 1m 12s ) Visitor: ( 5s ) is what I waited: long<br>and more<br>( 1h 2m 3s ) Ada: Bye<br>`
  expect(readTranscriptLines(body)).toEqual({
    agentMessages: 2,
    endUserMessages: 1,
    agentNames: ['Ada B'],
    endUserNames: [],
  })
})

test('knows bots, transfers, names with markup, and names of visitors', () => {
  const body = `${start}${head('Agent A &amp; B')}( 2s ) A &amp; B: Hi<br>${head('Chat Transferred From Pepper Chatbot To Support')}( 3s ) Pepper Chatbot: Hi<br>( 4s ) Support: Hi<br>( 5s ) O&#39;Neil: Hi<br>`
  expect(readTranscriptLines(body)).toEqual({
    agentMessages: 3,
    endUserMessages: 1,
    agentNames: ['A & B', 'Pepper Chatbot', 'Support'],
    endUserNames: ["O'Neil"],
  })
})

test.each(['', 'Some words.', start, '( 3s ) nobody says this', '__proto__'])('tells nothing from %j', (body) => {
  expect(readTranscriptLines(body)).toBeNull()
})

test('counts as many as there are', () => {
  const message = fc.record({
    agent: fc.boolean(),
    at: fc.nat({ max: 59 }),
    text: fc.stringMatching(/^[a-z :()]{0,20}$/),
  })
  fc.assert(
    fc.property(fc.array(message, { minLength: 1 }), (messages) => {
      const lines = messages.map(({ agent, at, text }) => `( ${at}s ) ${agent ? 'Ada' : '__proto__'}: ${text}<br>`)
      expect(readTranscriptLines(`${head('Agent Ada')}${lines.join('')}`)).toMatchObject({
        agentMessages: messages.filter(({ agent }) => agent).length,
        endUserMessages: messages.filter(({ agent }) => !agent).length,
      })
    }),
  )
})

test.each(['( ', '<p ', '(1h', ' '.repeat(3), '<br'])('is quick over a body made of %j', (part) => {
  const began = performance.now()
  readTranscriptLines(part.repeat(131_072 / part.length))
  expect(performance.now() - began).toBeLessThan(1_000)
})
