import { existsSync } from 'node:fs'
import type { EmulatorOptions } from '@custody/emulator'
import { HttpStatusError } from '@custody/http'
import { describe, expect, test } from 'vitest'
import { runDoctor } from '../testing/run-doctor.ts'
import { checkConversationApi } from './check-conversation-api.ts'
import { readReply } from './sign-in-reply.ts'

const everyCheck = [
  ...['configuration', 'disk', 'disk', 'state', 'shared-limits', 'seal-key'],
  ...['host', 'gateway-host', 'api-version', 'credentials', 'sign-in', 'scopes', 'conversation-api'],
  ...['permissions', 'objects', 'conversations', 'data360', 'daily-calls', 'active-conversations'],
  ...['clock', 'archive-secret', 'ledger', 'unfinished-runs'],
]

test('a healthy org: every check says so, no conversation is read, nothing is written', async () => {
  await runDoctor({
    after({ org, archives, folder }, { code, codes, events }) {
      expect(codes).toEqual([])
      expect(code).toBe(0)
      const checks = events.filter(({ type }) => type === 'check').map(({ check }) => check)
      expect(new Set(checks)).toEqual(new Set(everyCheck))
      expect(events.at(-1)).toMatchObject({ type: 'doctor-end', warn: 0, fail: 0, exitCode: 0 })
      expect(org.activeConversations.peak).toBe(0)
      expect([existsSync(archives), existsSync(`${folder}/state`)]).toEqual([false, false])
    },
  })
})

test('lines for people: status, what, why, what to do', async () => {
  const { events } = await runDoctor({ emulator: { switches: { conversationApi: false } } })
  expect(events.find(({ status }) => status === 'fail')).toMatchObject({
    check: 'conversation-api',
    subject: 'archive-1',
    message: expect.stringContaining('switched off'),
    actions: [expect.stringContaining('Setup > Conversation Service API'), expect.any(String)],
  })
})

describe('a 404 has three causes, which are told apart', () => {
  const cases: readonly (readonly [string, EmulatorOptions, string, number])[] = [
    ['switched off in Setup', { switches: { conversationApi: false } }, 'CONVERSATION_API_OFF', 4],
    ['an opaque token', { switches: { tokenFormat: 'opaque' } }, 'CONVERSATION_API_TOKEN_KIND', 6],
    ['a token without the scope', { oauth: { scopes: ['api', 'cdp_query_api'] } }, 'CONVERSATION_API_SCOPE', 6],
  ]
  test.each(cases)('%s', async (_, emulator, expected, exitCode) => {
    const { code, of } = await runDoctor({ emulator })
    expect(of('conversation-api')).toMatchObject([{ status: 'fail', code: expected }])
    expect(code).toBe(exitCode)
    // One cause hides none of the other checks.
    expect(of('objects').every(({ status }) => status === 'ok')).toBe(true)
  })

  test('the wrong address: asked again where sign-in says, and told', async () => {
    const { code, of } = await runDoctor({
      config: (text, { org }) => text.replace('    auth:', `    apiUrl: ${org.url}\n    auth:`),
    })
    expect(of('conversation-api')).toMatchObject([{ status: 'fail', code: 'CONVERSATION_API_ADDRESS' }])
    expect(code).toBe(4)
  })

  test('the wrong address, and switched off besides: the switch, and what else is odd', async () => {
    const { of } = await runDoctor({
      emulator: { switches: { conversationApi: false } },
      config: (text, { org }) => text.replace('    auth:', `    apiUrl: ${org.url}\n    auth:`),
    })
    const [found] = of('conversation-api')
    expect(found).toMatchObject({ status: 'fail', code: 'CONVERSATION_API_OFF' })
    expect(found?.actions.join()).toContain('apiUrl')
  })

  test('where sign-in names no gateway, address and switch cannot be told apart, and that is said', async () => {
    const refused = { status: 404, endpoint: 'e', errorCode: null, retryAfterMs: null, retryable: false, attempt: 1 }
    const client = { getJson: () => Promise.reject(new HttpStatusError(refused)) }
    const reply = readReply({ access_token: 'e30.e30.e30', scope: 'api sfap_api' })
    const user = { signIn: async () => ({ reply, token: { apiUrl: 'https://x.example' } }), client: async () => client }
    const org = { config: { apiVersion: '66.0' }, signal: new AbortController().signal }
    const finding = await checkConversationApi(user as never, org as never)
    expect(finding).toMatchObject({ status: 'fail', code: 'CONVERSATION_API_UNTOLD' })
  })

  test('a gateway that answers 404 to a question without a conversation, and serves them all the same', async () => {
    const nameless = {
      match: { endpoint: 'conversation-entries' as const },
      times: 2,
      action: { type: 'status' as const, status: 404 },
    }
    await runDoctor({
      emulator: { scenario: { rules: [nameless] } },
      after({ org }, { of }) {
        expect(of('conversation-api')).toMatchObject([{ status: 'ok' }])
        expect(org.activeConversations.peak).toBe(1)
      },
    })
  })
})

test.each([
  [429, 'warn', 'GATEWAY_BUSY', 0],
  [401, 'fail', 'GATEWAY_TOKEN_REFUSED', 6],
  [403, 'fail', 'GATEWAY_TOKEN_REFUSED', 6],
  [500, 'fail', 'HTTP_500', 4],
])('the gateway answers %i', async (status, expected, code, exitCode) => {
  const rule = {
    match: { endpoint: 'conversation-entries' as const },
    times: 'always' as const,
    action: { type: 'status' as const, status, ...(status === 429 && { retryAfterSeconds: 60 }) },
  }
  const ran = await runDoctor({ emulator: { scenario: { rules: [rule] } } })
  expect(ran.of('conversation-api')).toMatchObject([{ status: expected, code }])
  expect(ran.code).toBe(exitCode)
})

describe('sign-in', () => {
  test('that is refused is a failure, and what builds on it says that it was not looked at', async () => {
    const { code, of, codes } = await runDoctor({ env: { SHOP_CLIENT_SECRET_1: 'not-the-secret' } })
    expect(of('sign-in')).toMatchObject([{ status: 'fail', code: 'AUTH_INVALID_CLIENT', subject: 'archive-1' }])
    expect(code).toBe(6)
    expect(codes).toEqual(['AUTH_INVALID_CLIENT'])
    for (const check of ['scopes', 'conversation-api', 'permissions', 'objects', 'daily-calls', 'data360']) {
      expect(of(check)).toMatchObject([{ status: 'skipped', message: expect.stringContaining('could not sign in') }])
    }
    for (const check of ['host', 'api-version', 'clock', 'archive-secret', 'disk']) {
      expect(of(check).every(({ status }) => status === 'ok')).toBe(true)
    }
  })

  test('of one user of a pool hides nothing of the other', async () => {
    const { code, of } = await runDoctor({
      emulator: { executionUsers: 2 },
      env: { SHOP_CLIENT_SECRET_2: 'not-the-secret' },
    })
    expect(of('conversation-api')).toMatchObject([
      { subject: 'archive-1', status: 'ok' },
      { subject: 'archive-2', status: 'skipped' },
    ])
    expect(code).toBe(6)
  })

  test('with secrets missing: each is named by its key, and the exit code is that of sign-in', async () => {
    const { code, of } = await runDoctor({ env: { SHOP_CLIENT_SECRET_1: '', SHOP_CLIENT_ID_1: '' } })
    expect(of('credentials').map(({ subject, status }) => [subject, status])).toEqual([
      ['auth.users.0.clientId', 'fail'],
      ['auth.users.0.clientSecret', 'fail'],
    ])
    expect(code).toBe(6)
  })

  test('without the scope of the platform: told, and the gateway is looked at all the same', async () => {
    const { code, of } = await runDoctor({ emulator: { oauth: { scopes: ['sfap_api', 'cdp_query_api'] } } })
    expect(of('scopes')).toMatchObject([{ status: 'fail', code: 'SCOPE_MISSING', message: 'The token lacks api.' }])
    expect(of('conversation-api')).toMatchObject([{ status: 'ok' }])
    expect(of('objects')).toMatchObject([{ status: 'fail', code: 'HTTP_401' }])
    expect(code).toBe(6)
  })
})

describe('permissions and visibility', () => {
  test('each permission has its line', async () => {
    const { code, of } = await runDoctor({ emulator: { switches: { permissions: [] } } })
    expect(of('permissions').map(({ subject, status, code: found }) => [subject, status, found])).toEqual([
      ['API Enabled', 'fail', 'PERMISSION_API_ENABLED'],
      ['API Only User', 'warn', 'PERMISSION_API_ONLY'],
      ['View All Data', 'warn', 'PERMISSION_VIEW_ALL'],
    ])
    expect(code).toBe(6)
  })

  test('an org that does not tell them: skipped, one by one', async () => {
    const absent = await runDoctor({ emulator: { switches: { absentObjects: ['UserPermissionAccess'] } } })
    expect(absent.of('permissions').map(({ status }) => status)).toEqual(['skipped', 'skipped', 'skipped'])
    const hidden = { switches: { hiddenFields: ['UserPermissionAccess.PermissionsApiUserOnly'] } }
    const partly = await runDoctor({ emulator: hidden })
    expect(partly.of('permissions').map(({ status }) => status)).toEqual(['ok', 'skipped', 'ok'])
    expect(partly.code).toBe(0)
  })

  test.each([
    [{ hiddenFields: ['MessagingSession.AgentMessageCount'] }, 'MessagingSession', 'fail', 'FIELDS_NOT_VISIBLE', 6],
    [{ absentObjects: ['MessagingEndUser'] }, 'MessagingEndUser', 'fail', 'OBJECT_NOT_VISIBLE', 6],
    [{ absentObjects: ['Contact'] }, 'Contact', 'warn', 'OBJECT_NOT_VISIBLE', 0],
    [{ hiddenFields: ['Contact.Email'] }, 'Contact', 'warn', 'FIELDS_NOT_VISIBLE', 0],
    [{ absentObjects: ['VoiceCall'] }, 'VoiceCall', 'skipped', null, 0],
  ])('%j: %s is %s', async (switches, object, status, found, exitCode) => {
    const { code, of } = await runDoctor({ emulator: { switches } })
    expect(of('objects').filter(({ status: each }) => each !== 'ok')).toMatchObject([
      { subject: object, status, code: found },
    ])
    expect(code).toBe(exitCode)
  })
})

describe('what is left, and how late it is', () => {
  test.each([
    [600_000, 'fail', 'CLOCK_WRONG', 4],
    [-600_000, 'fail', 'CLOCK_WRONG', 4],
    [60_000, 'warn', 'CLOCK_OFF', 0],
    [4_000, 'ok', null, 0],
  ])('a clock %i ms apart', async (clockSkewMs, status, found, exitCode) => {
    const { code, of } = await runDoctor({ emulator: { switches: { clockSkewMs } } })
    expect(of('clock')).toMatchObject([{ status, code: found }])
    expect(code).toBe(exitCode)
  })

  test.each([
    [100_000, 'ok', null],
    [14, 'warn', 'DAILY_CALLS_LOW'],
  ])('a day of %i calls', async (apiRequestsPerDay, status, found) => {
    const { of } = await runDoctor({ emulator: { limits: { apiRequestsPerDay } } })
    expect(of('daily-calls')).toMatchObject([{ status, code: found }])
  })

  test('a day that is used up: told for each thing that could not be asked', async () => {
    const { code, of } = await runDoctor({ emulator: { limits: { apiRequestsPerDay: 3 } } })
    expect(of('daily-calls')[0]?.status).toBe('fail')
    expect(of('conversation-api')[0]?.status).toBe('ok')
    expect(code).toBe(4)
  })

  test('more conversations kept active than the org is likely to allow', async () => {
    const { of } = await runDoctor({
      config: (text) => text.replace('activeConversations: 2500', 'activeConversations: 11000'),
    })
    expect(of('active-conversations')[0]).toMatchObject({ status: 'warn', code: 'ACTIVE_CONVERSATIONS_TIGHT' })
  })

  test.each([
    ['66.0', 'ok', null],
    ['43.0', 'warn', 'API_VERSION_OLD'],
    ['30.0', 'fail', 'API_VERSION_UNKNOWN'],
    ['99.0', 'fail', 'API_VERSION_UNKNOWN'],
  ])('version %s of the API', async (version, status, found) => {
    const config = (text: string): string => text.replace('    auth:', `    apiVersion: "${version}"\n    auth:`)
    expect((await runDoctor({ config })).of('api-version')).toMatchObject([{ status, code: found }])
  })
})

describe('Data 360', () => {
  test('without its scope: exit code 6', async () => {
    const { code, of } = await runDoctor({ emulator: { oauth: { scopes: ['api', 'sfap_api'] } } })
    expect(of('data360')).toMatchObject([{ status: 'fail', code: 'AUTH_NO_DATA360_SCOPE' }])
    expect(code).toBe(6)
  })

  test('not configured: skipped, and its scope is not asked for', async () => {
    const { code, of } = await runDoctor({
      emulator: { oauth: { scopes: ['api', 'sfap_api'] } },
      config: (text) => text.replace('    data360: { api: v3 }\n', ''),
    })
    expect(of('data360')).toMatchObject([{ status: 'skipped' }])
    expect(code).toBe(0)
  })

  test('over Connect: the same objects, no tenant', async () => {
    const { of } = await runDoctor({ config: (text) => text.replace('api: v3', 'api: connect') })
    expect(of('data360').map(({ subject, status }) => [subject, status])).toEqual([
      ['entry', 'ok'],
      ['conversation', 'ok'],
      ['participant', 'ok'],
      ['role', 'ok'],
    ])
  })

  test('an object of another name is missed by the name that was given', async () => {
    const config = (text: string): string => text.replace('{ api: v3 }', '{ api: v3, names: { entry: Talk__dlm } }')
    const { code, of } = await runDoctor({ config })
    expect(of('data360')).toContainEqual(
      expect.objectContaining({ subject: 'entry', code: 'DATA360_OBJECT_NOT_SHOWN' }),
    )
    expect(code).toBe(6)
  })
})

test('a host that does not answer', async () => {
  const { code, of } = await runDoctor({
    config: (text, { org }) => text.replace(org.url, 'http://127.0.0.1:9'),
    after: (_, { codes }) => expect(codes).toContain('HOST_UNREACHABLE'),
  })
  expect(of('host')).toMatchObject([{ status: 'fail' }])
  expect(of('sign-in')).toMatchObject([{ code: 'HTTP_UNREACHABLE' }])
  expect(code).toBe(4)
})

test('a failing part of the org hides no other', async () => {
  const rule = {
    match: { endpoint: 'describe' as const },
    times: 'always' as const,
    action: { type: 'login-page' as const },
  }
  const { code, of, codes } = await runDoctor({ emulator: { scenario: { rules: [rule] } } })
  expect(of('objects')).toMatchObject([{ status: 'fail', code: 'HTTP_NOT_JSON' }])
  expect(codes).toEqual(['HTTP_NOT_JSON'])
  expect(code).toBe(4)
})

test('nothing secret and nobody is named in any line', async () => {
  await runDoctor({
    emulator: { switches: { conversationApi: false, permissions: [] }, oauth: { scopes: ['api'] } },
    flags: () => ['--debug'],
    after({ org, env }, { printed }) {
      for (const secret of Object.values(env).filter((value) => !value.endsWith('.yaml')))
        expect(printed).not.toContain(secret)
      expect(printed).not.toMatch(/eyJ|\b0(?:05|0D|PA|Mw|dw)[A-Za-z0-9]{12}/)
      for (const { conversationIdentifier } of org.truth.conversations())
        expect(printed).not.toContain(conversationIdentifier)
    },
  })
})

test.each([[['--conversation', 'x']], [['--probe-out', 'x']], [['--org', 'nobody']]])(
  '%j: wrong use',
  async (flags) => {
    expect((await runDoctor({ flags: () => flags })).code).toBe(2)
  },
)

test('interrupted: 130, and no summary', async () => {
  const stop = new AbortController()
  const { CustodyError } = await import('@custody/pipeline')
  stop.abort(new CustodyError('INTERRUPTED', 'Interrupted.'))
  const { code, events } = await runDoctor({ signal: stop.signal })
  expect(code).toBe(130)
  expect(events.some(({ type }) => type === 'doctor-end')).toBe(false)
})
