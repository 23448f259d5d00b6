import { expect, test } from 'vitest'
import {
  defaultPolicy,
  readSensitiveDataRules,
  redactText,
  type SensitiveDataRule,
  withSensitiveDataRules,
} from './index.ts'

const rule = (DeveloperName: string, Pattern: string, more: Partial<SensitiveDataRule> = {}): SensitiveDataRule => ({
  DeveloperName,
  Pattern,
  ActionType: 'Replace',
  IsEnabled: true,
  ...more,
})

test('rules become patterns, by priority; others are told', () => {
  const rules = readSensitiveDataRules([
    rule('BlockMemberNumber', 'M-\\d{6}', { Priority: 2 }),
    rule('Profanity', '(?i)darn|heck', { ActionType: 'REMOVE', Priority: 1 }),
    rule('Off', 'x', { IsEnabled: false }),
    rule('Backwards', '(?<=card )\\d+'),
    rule('Years', '(\\d+)+$'),
  ])
  expect(rules.patterns).toEqual([
    { name: 'rule-profanity', type: 'RULE_PROFANITY', match: 'darn|heck', flags: 'i' },
    { name: 'rule-block-member-number', type: 'RULE_BLOCK_MEMBER_NUMBER', match: 'M-\\d{6}' },
  ])
  expect(rules.disabled).toEqual(['Off'])
  expect(rules.refused).toEqual([
    { name: 'Backwards', reason: expect.stringContaining('lookbehind') },
    { name: 'Years', reason: expect.stringContaining('unbounded quantifier') },
  ])
  const policy = withSensitiveDataRules(defaultPolicy, rules)
  const { text } = redactText('Darn, M-123456', { policy, key: new Uint8Array(32) })
  expect(text).toBe('[REDACTED], [RULE_BLOCK_MEMBER_NUMBER]')
})

test('names that fall together, or are too long, stay apart', () => {
  const long = 'A'.repeat(60)
  const { patterns } = readSensitiveDataRules([
    rule('a_b', 'x'),
    rule('a__b', 'y'),
    rule(long, 'z'),
    rule(`${long}2`, 'w'),
  ])
  expect(new Set(patterns.map(({ type }) => type)).size).toBe(4)
  expect(new Set(patterns.map(({ name }) => name)).size).toBe(4)
  for (const { type } of patterns) expect(type).toMatch(/^[A-Z][A-Z0-9_]{1,31}$/)
})
