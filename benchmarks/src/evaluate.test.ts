import { expect, test } from 'vitest'
import type { Contender } from './contenders/contender.ts'
import { custody } from './contenders/custody.ts'
import { evaluate } from './evaluate.ts'
import { type EvaluationData, fillTemplates } from './evaluation-data.ts'

const chats = fillTemplates(['hi {{Name}}!'], [{ first: 'Ada', last: 'Byron', full: 'Ada Byron' }])
const data: EvaluationData = {
  labelled: [{ name: 'mail', texts: [{ text: 'to a@example.org', spans: [{ start: 3, end: 16, type: 'EMAIL' }] }] }],
  clean: [{ name: 'clean', texts: ['hello', 'there'] }],
  chats,
}

const blind: Contender = {
  name: 'blind',
  types: new Set(['EMAIL']),
  find: async () => [],
  redact: async (text) => text,
}
const wild: Contender = { ...blind, name: 'wild', redact: async (text) => `${text}!` }

test('ours reaches the goals of what is easy', async () => {
  const { report, missed } = await evaluate(data, [custody(), blind])
  expect(missed).toEqual([])
  expect(report).toMatch(/EMAIL +recall +100\.0 .* 0\.0 /)
  expect(report).toMatch(/literal identities left.* 0\.0 .* 100\.0 /)
})

test('goals are for the first, and each that is missed is told', async () => {
  expect((await evaluate(data, [blind, custody()])).missed).toEqual(['mail: EMAIL'])
  expect((await evaluate(data, [wild])).missed).toEqual([
    'mail: EMAIL',
    'clean messages altered, of 1,000 (clean)',
    'changed by a second pass, of 100',
  ])
})
