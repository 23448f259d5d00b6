import { CustodyError } from '@custody/pipeline'
import { describe, expect, test } from 'vitest'
import { scheduleOf } from '../scheduling/scheduled-orgs.ts'
import { configJsonSchema, parseConfig } from './load.ts'

const withOrg = (org: string, top = ''): string => `version: 1
orgs:
  acme:
    loginUrl: https://acme.my.salesforce.com
    auth:
      flow: client-credentials
      users: [{ name: a, clientId: { env: A }, clientSecret: { env: B } }]
    ${org}
  beta:
    loginUrl: https://beta.my.salesforce.com
    auth:
      flow: client-credentials
      users: [{ name: a, clientId: { env: A }, clientSecret: { env: B } }]
${top}
`

function refusal(org: string, top = ''): { readonly message: string; readonly actions: readonly string[] } {
  try {
    parseConfig(withOrg(org, top), 'c.yaml')
  } catch (error) {
    if (CustodyError.isInstance(error) && error.code === 'CONFIG_INVALID') return error
    throw error
  }
  throw new Error('nothing was refused')
}

describe('a schedule in the configuration', () => {
  test('gets its defaults, and is that of every org that has none', () => {
    const config = parseConfig(
      withOrg('schedule: { every: week, start: 2026-01-01 }', 'schedule: { every: month, start: 2026-02-01 }'),
      'c.yaml',
    )
    expect(config.schedule).toEqual({
      every: 'month',
      start: '2026-02-01',
      settle: '2h',
      timeZone: 'UTC',
      overlap: '1d',
      audit: 12,
    })
    expect(scheduleOf(config, 'acme')).toMatchObject({
      schedule: { every: 'week', settleMs: 7_200_000, start: '2026-01-01T00:00:00.000Z' },
      overlapMs: 86_400_000,
      audit: 12,
    })
    expect(scheduleOf(config, 'beta')?.schedule.every).toBe('month')
    expect(scheduleOf(parseConfig(withOrg(''), 'c.yaml'), 'acme')).toBe(null)
  })

  test.each([
    ['every: month, start: 2026-02-30', 'start', /is no date/],
    ['every: month, start: 2026-01-01, timeZone: Europe/Berln', 'timeZone', /Did you mean Europe\/Berlin\?$/],
    ['every: month, start: 2026-01-01, settle: 30m', 'settle', /too short/],
    ['every: month, start: 2026-01-01, overdueAfter: soon', 'overdueAfter', /no duration/],
    ['every: month, start: 2026-01-01, weekStartsOn: sunday', 'weekStartsOn', /nothing of windows of a month/],
    ['every: mnth, start: 2026-01-01', 'every', /must be hour or day or week or month or quarter/],
    ['every: month, start: 2026-01-01, overlap: 32d', 'overlap', /up to 31d/],
    ['every: month, start: 2026-01-01, overlap: 1w', 'overlap', /such as 1d/],
    ['every: month, start: 2026-01-01, audit: -1', 'audit', /at least 0/],
    ['every: month', 'start', /is missing/],
    ['every: month, start: 2026-01-01, settel: 2h', 'settel', /unknown key/],
  ])('{ %s } is refused with file, line, key and what to do', (fields, key, message) => {
    const own = refusal(`schedule: { ${fields} }`)
    expect(own.message).toMatch(new RegExp(`^c\\.yaml:8: orgs\\.acme\\.schedule\\.${key}: `))
    expect(own.message).toMatch(message)
    expect(own.actions.length).toBeGreaterThan(0)
    expect(refusal('', `schedule: { ${fields} }`).message).toMatch(new RegExp(`^c\\.yaml:14: schedule\\.${key}: `))
  })

  test.each([
    ['0m', 0],
    ['31d', 31 * 86_400_000],
    ['90m', 5_400_000],
  ])('an overlap of %s is %d milliseconds', (overlap, ms) => {
    const text = withOrg(`schedule: { every: day, start: 2026-01-01, overlap: ${overlap} }`)
    expect(scheduleOf(parseConfig(text, 'c.yaml'), 'acme')?.overlapMs).toBe(ms)
  })

  test('the JSON Schema knows its keys', () => {
    const schema = JSON.stringify(configJsonSchema())
    for (const key of ['overdueAfter', 'weekStartsOn', 'overlap', 'audit', 'witness', 'fallback'])
      expect(schema).toContain(`"${key}"`)
  })
})

describe('what is read, in the configuration', () => {
  test('gets its defaults', () => {
    expect(parseConfig(withOrg(''), 'c.yaml').orgs['acme']?.reading).toEqual({
      source: 'conversation-data',
      witness: [],
    })
  })

  test.each([
    ['reading: { source: data360 }', 'reading', /data360, which is not configured/],
    ['reading: { witness: [data360] }', 'reading', /data360, which is not configured/],
    ['reading: { witness: [conversation-data] }', 'reading.witness', /the source already/],
    ['reading: { source: auto, witness: [conversation-data] }', 'reading.witness', /the source already/],
    ['reading: { fallback: conversation-data }', 'reading.fallback', /no meaning with the source conversation-data/],
    ['reading: { source: transcript-export }', 'reading.source', /must be/],
  ])('{ %s } is refused', (org, key, message) => {
    const error = refusal(org)
    expect(error.message).toContain(`c.yaml:8: orgs.acme.${key}: `)
    expect(error.message).toMatch(message)
  })
})
