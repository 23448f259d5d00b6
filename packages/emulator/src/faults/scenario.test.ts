import { describe, expect, test } from 'vitest'
import { data360Scenarios } from './data360-scenarios.ts'
import { deletionScenarios } from './deletion-scenarios.ts'
import { checkScenario, loadScenario } from './scenario.ts'
import { scenarios } from './scenarios.ts'

test('a scenario is read from YAML', () => {
  const yaml = `
description: A rate limit
outcome: complete
switches: { pageCap: 10, order: shuffled }
limits: { entriesPerMinute: 5 }
world: { ties: [0, long], orphanSessions: 1, missing: [{ conversation: -1, agentMessages: 2 }] }
lossy: { connect: { every: 500 }, transcript-export: { lastPage: true } }
rules:
  - match: { endpoint: conversation-entries, nth: 2 }
    times: always
    action: { type: status, status: 429, retryAfterSeconds: 3 }
`
  expect(loadScenario(yaml)).toEqual({
    description: 'A rate limit',
    outcome: 'complete',
    switches: { pageCap: 10, order: 'shuffled' },
    limits: { entriesPerMinute: 5 },
    world: { ties: [0, 'long'], orphanSessions: 1, missing: [{ conversation: -1, agentMessages: 2 }] },
    lossy: { connect: { every: 500 }, 'transcript-export': { lastPage: true } },
    rules: [
      {
        match: { endpoint: 'conversation-entries', nth: 2 },
        times: 'always',
        action: { type: 'status', status: 429, retryAfterSeconds: 3 },
      },
    ],
  })
  expect(loadScenario('')).toEqual({})
})

describe('what no scenario says is refused, naming the place', () => {
  test.each([
    ['rulez: []', 'its top'],
    ['switches: { pageTokenz: true }', 'switches'],
    ['switches: { order: sideways }', 'switches.order'],
    ['limits: { entriesPerMinute: -1 }', 'limits.entriesPerMinute'],
    ['world: { ties: [short] }', 'world.ties.0'],
    ['rules: [{ match: {}, action: { type: explode } }]', 'rules.0.action.type'],
    ['rules: [{ match: {}, action: { type: delay } }]', 'rules.0.action.ms'],
    ['rules: [{ match: { nth: 0 }, action: { type: trickle } }]', 'rules.0.match.nth'],
    ['rules: [{ match: { endpoint: moon }, action: { type: trickle } }]', 'rules.0.match.endpoint'],
    ['rules: [{ match: {}, action: { type: status, status: 200 } }]', 'rules.0.action.status'],
    ['deletion: { delay: 3 }', 'deletion'],
    ['deletion: { lagMs: { moon: 3 } }', 'deletion.lagMs'],
    ['deletion: { privacyHolds: [{ recordId: short }] }', 'deletion.privacyHolds.0.recordId'],
    ['lossy: { moon: { every: 2 } }', 'lossy'],
    ['lossy: { connect: { every: 0 } }', 'lossy.connect'],
    ['switches: [', 'YAML'],
    ['a: 1\na: 2', 'YAML'],
    ['just words', 'its top'],
  ])('%s', (yaml, place) => {
    expect(() => loadScenario(yaml)).toThrow(
      expect.objectContaining({ code: 'SCENARIO_INVALID', kind: 'usage', message: expect.stringContaining(place) }),
    )
  })
})

test('the built-in scenarios are scenarios', () => {
  const all = { ...scenarios, ...data360Scenarios, ...deletionScenarios }
  for (const scenario of Object.values(all)) expect(checkScenario(scenario)).toEqual(scenario)
})
