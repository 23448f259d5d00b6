import { expect, test } from 'vitest'
import type { OrgConfig } from '../config/schema.ts'
import { chooseSource, longestReadingMs, readingMs, readsPerMinute } from './choose-source.ts'

const window = { from: '2026-10-01T00:00:00.000Z', to: '2026-11-01T00:00:00.000Z' }
const long = '2026-12-01T00:00:00.000Z'

function org(changes: { users?: number; active?: number; data360?: boolean } = {}): OrgConfig {
  const { users = 1, active = 1_000_000, data360 = true } = changes
  return {
    limits: { entriesPerMinute: 80, deletesPerHour: 9, connectPerHour: 900, activeConversations: active },
    auth: { flow: 'client-credentials', users: Array.from({ length: users }, () => ({})) },
    data360: data360
      ? { api: 'v3', dataspace: 'default', timeZone: 'UTC', timestampsAre: 'as-labelled', names: {} }
      : undefined,
  } as unknown as OrgConfig
}

// 80 a minute for eight hours.
const aNight = 38_400

test('what can be read one by one in a night is, to the last conversation', () => {
  expect(readingMs(aNight, org())).toBe(longestReadingMs)
  expect(chooseSource(window, aNight, org(), long).parts).toEqual([{ ...window, source: 'conversation-data' }])
  expect(chooseSource(window, aNight + 1, org(), long).parts).toEqual([{ ...window, source: 'data360' }])
  expect(chooseSource(window, 0, org(), long).parts).toHaveLength(1)
})

test('more users read more; the budget of active conversations holds all of them back', () => {
  expect(readsPerMinute(org({ users: 3 }))).toBe(240)
  expect(readsPerMinute(org({ users: 3, active: 2_400 }))).toBe(80)
  expect(chooseSource(window, aNight + 1, org({ users: 2 }), long).parts[0]?.source).toBe('conversation-data')
})

test('what Data 360 may not show yet is read one by one, at the borders too', () => {
  const inside = '2026-10-20T10:00:00.000Z'
  expect(chooseSource(window, aNight * 2, org(), inside).parts).toEqual([
    { from: window.from, to: inside, source: 'data360' },
    { from: inside, to: window.to, source: 'conversation-data' },
  ])
  expect(chooseSource(window, aNight * 2, org(), window.to).parts).toEqual([{ ...window, source: 'data360' }])
  expect(chooseSource(window, aNight * 2, org(), window.from).parts).toEqual([
    { ...window, source: 'conversation-data' },
  ])
})

test('Data 360 does not testify for itself', () => {
  const { parts } = chooseSource(window, aNight * 9, org(), long, ['data360'])
  expect(parts).toEqual([{ ...window, source: 'conversation-data' }])
})

test('without Data 360 it takes as long as it takes, and says so', () => {
  const { parts, reason } = chooseSource(window, aNight * 9, org({ data360: false }), long)
  expect(parts).toEqual([{ ...window, source: 'conversation-data' }])
  expect(reason).toContain('no Data 360')
})
