import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { EmulatorOptions } from '@custody/emulator'
import { systemClock } from '@custody/pipeline'
import { describe, expect, test } from 'vitest'
import { loadConfig } from '../../config/load.ts'
import type { OrgConfig } from '../../config/schema.ts'
import { startOrgUnderTest } from '../../testing/org-under-test.ts'
import { runDoctor } from '../../testing/run-doctor.ts'
import { openOrgUnderCheck } from '../org-under-check.ts'
import { type ProbeOutcome, safeWords } from './probe.ts'
import { createProbedOrg } from './probed-org.ts'
import { probes } from './run-probes.ts'

/** Runs some probes against an org of its own. */
async function probing(emulator: EmulatorOptions, names: readonly string[]): Promise<readonly ProbeOutcome[]> {
  await using under = await startOrgUnderTest({ conversations: 12, longEntries: 60, ...emulator })
  const config = loadConfig(under.config).orgs['shop'] as OrgConfig
  const { signal } = new AbortController()
  const org = openOrgUnderCheck('shop', config, { env: under.env, clock: systemClock, signal })
  try {
    const probed = createProbedOrg(org, await org.users[0].signIn(), null)
    const outcomes: ProbeOutcome[] = []
    for (const name of names) {
      const probe = probes.find((each) => each.name === name)
      if (probe === undefined) throw new Error(`no probe ${name}`)
      outcomes.push(await probe.run(probed))
    }
    return outcomes
  } finally {
    await org.close()
  }
}

test('each is a row of docs/assumptions.md, marked as there', () => {
  const text = readFileSync(join(import.meta.dirname, '../../../../../docs/assumptions.md'), 'utf8')
  const sections = new Map(text.split(/^## /m).map((part) => [part.slice(0, part.indexOf('\n')), part]))
  expect(new Set(probes.map(({ name }) => name)).size).toBe(probes.length)
  for (const { section, assumption, isSilent } of probes) {
    expect(sections.get(section)).toContain(`\n| ${isSilent ? '⚠ ' : ''}${assumption}`)
  }
})

test('a whole run: announced, counted, kept as figures; nothing of anybody', async () => {
  await runDoctor({
    emulator: { conversations: 12, longEntries: 60 },
    flags: ({ folder }) => ['--probe', '--probe-out', join(folder, 'probe.json')],
    after({ org, folder }, { code, events, printed }) {
      const text = readFileSync(join(folder, 'probe.json'), 'utf8')
      const document = JSON.parse(text) as { requests: number; assumptions: { verdict: string; probe: string }[] }
      expect(document.assumptions.map(({ probe }) => probe)).toEqual(probes.map(({ name }) => name))
      expect(document.requests).toBeLessThanOrEqual(probes.reduce((sum, { calls }) => sum + calls, 0))
      expect(events.filter(({ type }) => type === 'probe')).toHaveLength(probes.length)
      // The emulator sends a field that nobody knows, and its calls come by messaging channels.
      const broken = document.assumptions.filter(({ verdict }) => verdict === 'does-not-hold').map(({ probe }) => probe)
      expect(broken.filter((name) => name !== 'voice-channels')).toEqual(['entry-fields'])
      expect(events.at(-1)).toMatchObject({ type: 'doctor-end', exitCode: code })
      expect(code).toBe(broken.includes('voice-channels') ? 4 : 0)
      for (const said of [text, printed]) {
        expect(said).not.toMatch(/eyJ|"0(?:05|0D|PA|Mw|dw)[A-Za-z0-9]{12}|[0-9a-f]{8}-[0-9a-f]{4}-/)
        for (const { conversationIdentifier } of org.truth.conversations())
          expect(said).not.toContain(conversationIdentifier)
        for (const { name } of org.truth.endUsers()) expect(said).not.toContain(name)
      }
      // One conversation, by whichever API.
      expect(org.activeConversations.peak).toBe(1)
    },
  })
})

test('the conversation may be named; a file that is there is not replaced', async () => {
  await runDoctor({
    flags: ({ org, config }) => ['--probe', '--conversation', anyOf(org.truth.conversations()), '--probe-out', config],
    after: (_, { code, printed }) => {
      expect(code).toBe(2)
      expect(printed).toContain('PROBE_OUT')
    },
  })
})

test('nobody can sign in: said, and nothing is asked', async () => {
  const { code, events, printed } = await runDoctor({
    env: { SHOP_CLIENT_SECRET_1: 'wrong' },
    flags: ({ folder }) => ['--probe', '--probe-out', join(folder, 'probe.json')],
  })
  expect(code).toBe(6)
  expect(printed).toContain('Nothing was tried out')
  expect(events.some(({ type }) => type === 'probe')).toBe(false)
})

test('only words pass into the outcome', () => {
  expect(safeWords(['EndUser', 'Anna said hello', 'a@b.example', '+49 30 1234', 7, null, 'x'.repeat(61)])).toEqual([
    '(not a word)',
    'EndUser',
  ])
})

const yes = 'holds'
const no = 'does-not-hold'
const unknown = 'not-told'

/** What the switches of the simulated org say, and what the probes make of it. */
const cases: readonly (readonly [EmulatorOptions, Readonly<Record<string, string>>])[] = [
  [
    {
      switches: {
        recordLimit: 'ignored',
        timestamps: 'ignored',
        pageTokens: false,
        defaultRecordLimit: 10,
        pageCap: 10,
      },
    },
    { 'record-limit': no, 'time-bounds': no, 'no-hidden-cut': no, 'tokens-to-the-end': unknown },
  ],
  [
    { switches: { pageTokens: false } },
    { 'page-tokens': no, 'tokens-to-the-end': unknown, 'record-limit': yes, 'time-bounds': yes, 'no-hidden-cut': yes },
  ],
  [{ switches: { defaultRecordLimit: 19 } }, { 'default-page': no }],
  [{ switches: { defaultRecordLimit: 20 } }, { 'default-page': yes }],
  [{ switches: { startTimestamp: 'exclusive', order: 'shuffled' } }, { 'time-bounds': yes, 'order-of-entries': yes }],
  [{}, { 'attachment-hosts': yes }],
  [{ switches: { payload: 'string' } }, { 'payload-type': yes }],
  [{ switches: { senderDisplayName: false } }, { 'sender-names': no }],
  [{ switches: { timestampUnit: 'mixed', timestampField: 'both' } }, { 'time-units': yes, 'server-times': yes }],
  [{ switches: { unknownConversation: 'empty' } }, { 'unknown-conversation': no, 'error-bodies': unknown }],
  [{ switches: { gatewayErrors: 'text' } }, { 'error-bodies': no }],
  [{ switches: { gatewayErrors: 'problem' } }, { 'error-bodies': yes }],
  [{ switches: { relatedRecordIds: 18 } }, { 'record-id-lengths': yes }],
  [
    { switches: { tokenFormat: 'opaque' } },
    { 'jwt-tells-its-life': unknown, 'gateway-serves-entries': unknown, roles: unknown },
  ],
  [
    { switches: { conversationApi: false } },
    { 'gateway-serves-entries': unknown, envelope: unknown, 'connect-pages': unknown },
  ],
  [{ switches: { connectRichRows: 'absent' } }, { 'connect-rich-messages': no, 'connect-rows-are-messages': yes }],
  [{ switches: { connectBots: true } }, { 'connect-bots-are-participants': unknown }],
  [{ switches: { foreignAttachments: 1 } }, { 'attachment-hosts': no }],
  [{ data360: { entryIds: 'record-id' } }, { 'data360-entry-ids': no }],
  [{ data360: { wallClockMinutes: -180 } }, { 'data360-transcripted-time': no }],
  [{ data360: { dmoNames: 'std' } }, { 'data360-object-names': no }],
  [{ lossy: { 'conversation-data': { lastPage: true } } }, { 'tokens-to-the-end': no }],
  [{ lossy: { 'conversation-data': { every: 7 } } }, { 'session-counts': no }],
]

describe('a probe tells what an org does', () => {
  test.each(cases)('%j: %j', async (emulator, expected) => {
    const outcomes = await probing(emulator, Object.keys(expected))
    const verdicts = Object.keys(expected).map((name, at) => [name, outcomes[at]?.verdict])
    expect(Object.fromEntries(verdicts)).toEqual(expected)
  })
})

function anyOf(conversations: Iterable<{ readonly conversationIdentifier: string }>): string {
  for (const { conversationIdentifier } of conversations) return conversationIdentifier
  throw new Error('the org has no conversation')
}
