import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { initKey } from '@custody/keys'
import { openLedger } from '@custody/ledger'
import { systemClock } from '@custody/pipeline'
import { afterAll, describe, expect, test } from 'vitest'
import { parseConfig } from '../config/load.ts'
import type { Config, OrgConfig } from '../config/schema.ts'
import { keepRunRecord, runFolder } from '../resuming/run-record.ts'
import { checkConfiguration } from './check-configuration.ts'
import { checkDisk } from './check-disk.ts'
import { checkLoginHost } from './check-reach.ts'
import { checkSealKey } from './check-seal.ts'
import { checkArchiveSecret, checkCredentials } from './check-secrets.ts'
import { checkLedger, checkSharedLimits, checkStateDirectory, checkUnfinishedRuns } from './check-state.ts'
import type { OrgUnderCheck } from './org-under-check.ts'

const root = mkdtempSync(join(tmpdir(), 'custody-doctor-'))
afterAll(() => rmSync(root, { recursive: true }))
let made = 0
const folder = (mode = 0o700): string => {
  const path = join(root, String(made++))
  mkdirSync(path)
  chmodSync(path, mode)
  return path
}
const signal = new AbortController().signal

const yaml = `version: 1
orgs:
  acme:
    loginUrl: https://acme.my.salesforce.com
    auth:
      flow: client-credentials
      users:
        - name: archive-1
          clientId: { env: ID }
          clientSecret: { env: SECRET }
    archiveSecret: { env: KEY }
`
const configOf = (text = yaml): Config => parseConfig(text, 'x')
const acme = (text = yaml): OrgConfig => configOf(text).orgs['acme'] as OrgConfig

describe('secrets', () => {
  test.each([
    [0o600, 'ok', null],
    [0o400, 'ok', null],
    [0o640, 'warn', 'SECRET_FILE_OPEN'],
    [0o604, 'warn', 'SECRET_FILE_OPEN'],
  ])('a file of mode %o', (mode, status, code) => {
    const file = join(folder(), 'secret')
    writeFileSync(file, 'ab'.repeat(32))
    chmodSync(file, mode)
    const org = acme(yaml.replace('{ env: KEY }', `{ file: ${file} }`))
    expect(checkArchiveSecret('acme', org, {})).toMatchObject({ status, code })
    const credentials = acme(yaml.replace('{ env: SECRET }', `{ file: ${file} }`))
    expect(checkCredentials('acme', credentials, { ID: 'id' })).toMatchObject([{ status, code }])
  })

  test('the archive secret: missing in the configuration, in the environment, too short', () => {
    const none = acme(yaml.replace('    archiveSecret: { env: KEY }\n', ''))
    expect(checkArchiveSecret('acme', none, {})).toMatchObject({ status: 'fail', code: 'ARCHIVE_SECRET_MISSING' })
    expect(checkArchiveSecret('acme', acme(), {})).toMatchObject({ status: 'fail', code: 'SECRET_MISSING' })
    expect(checkArchiveSecret('acme', acme(), { KEY: 'x'.repeat(31) })).toMatchObject({ code: 'SECRET_TOO_SHORT' })
    expect(checkArchiveSecret('acme', acme(), { KEY: 'x'.repeat(32) })).toMatchObject({ status: 'ok' })
  })

  test('of every flow are looked at, names of users are not', () => {
    const jwt = yaml
      .replace('client-credentials', 'jwt-bearer')
      .replace('clientSecret: { env: SECRET }', 'username: a@b.example\n          privateKey: { file: /nowhere }')
    expect(checkCredentials('acme', acme(jwt), {}).map(({ subject }) => subject)).toEqual([
      'auth.users.0.clientId',
      'auth.users.0.privateKey',
    ])
  })
})

describe('the key that seals', () => {
  const check = (text: string, env: NodeJS.ProcessEnv = {}) =>
    checkSealKey(configOf(`${yaml}seal:\n${text}`).seal, { env, signal })

  test('not configured', async () => {
    expect(await checkSealKey(undefined, { env: {}, signal })).toMatchObject([{ status: 'skipped' }])
  })

  test('with its passphrase, private: well; with another one, or an open file: not', async () => {
    const directory = join(folder(), 'keys')
    await initKey({ directory, passphrase: 'correct horse' })
    const text = `  keys: ${directory}\n  passphrase: { env: P }\n`
    expect(await check(text, { P: 'correct horse' })).toMatchObject([{ status: 'ok' }])
    await expect(check(text, { P: 'another' })).rejects.toMatchObject({ code: 'KEY_PASSPHRASE_WRONG' })
    await expect(check(text, {})).rejects.toMatchObject({ code: 'SECRET_MISSING' })
    chmodSync(directory, 0o750)
    expect(await check(text, { P: 'correct horse' })).toContainEqual(
      expect.objectContaining({ status: 'warn', code: 'KEY_DIRECTORY_OPEN' }),
    )
    chmodSync(join(directory, 'signing-key.pem'), 0o644)
    await expect(check(text, { P: 'correct horse' })).rejects.toMatchObject({ code: 'KEY_PERMISSIONS' })
  })

  test('that lies open in its file', async () => {
    const directory = join(folder(), 'keys')
    await initKey({ directory })
    expect(await check(`  keys: ${directory}\n`)).toMatchObject([{ status: 'ok' }, { code: 'KEY_NOT_ENCRYPTED' }])
  })

  test('of a program: looked for, never run', async () => {
    const directory = join(folder(), 'keys')
    await initKey({ directory })
    const signer = (program: string): string =>
      `  signer: { command: [${program}], publicKey: ${join(directory, 'signing-key.pub')} }\n`
    const trap = join(folder(), 'trap')
    writeFileSync(trap, '#!/bin/sh\nexit 1\n')
    chmodSync(trap, 0o755)
    expect(await check(signer(trap))).toMatchObject([{ status: 'ok' }])
    expect(await check(signer('sh'), { PATH: '/nowhere:/bin' })).toMatchObject([{ status: 'ok' }])
    expect(await check(signer('no-such-program'), { PATH: '/bin' })).toMatchObject([{ code: 'SIGNER_MISSING' }])
  })
})

describe('what is remembered', () => {
  test('the state directory: not there, private, open to others', () => {
    expect(checkStateDirectory(join(root, 'nowhere')).status).toBe('skipped')
    expect(checkStateDirectory(folder()).status).toBe('ok')
    expect(checkStateDirectory(folder(0o755))).toMatchObject({ status: 'warn', code: 'STATE_DIRECTORY_OPEN' })
  })

  test('the ledger: not there, in order also while a run writes, damaged', async () => {
    const state = folder()
    expect(await checkLedger(state, 'acme')).toMatchObject([{ status: 'skipped' }])
    const directory = join(state, 'acme')
    {
      await using writing = await openLedger({ directory, key: new Uint8Array(32) })
      await writing.runs()
      expect(await checkLedger(state, 'acme')).toMatchObject([
        { status: 'ok', message: expect.stringContaining('at work') },
      ])
    }
    expect(await checkLedger(state, 'acme', new Uint8Array(32))).toMatchObject([{ status: 'ok' }])
    const another = checkLedger(state, 'acme', new Uint8Array(32).fill(1))
    await expect(another).rejects.toMatchObject({ code: 'LEDGER_KEY_CHANGED' })
    writeFileSync(join(directory, 'ledger.sqlite'), 'this is no database')
    await expect(checkLedger(state, 'acme')).rejects.toMatchObject({ code: expect.stringMatching(/^LEDGER_/) })
  })

  test('shared limits: not there, damaged', async () => {
    const state = folder()
    expect((await checkSharedLimits(state, acme(), systemClock)).status).toBe('skipped')
    writeFileSync(join(state, 'limits.sqlite'), 'this is no database')
    await expect(checkSharedLimits(state, acme(), systemClock)).rejects.toMatchObject({ code: 'LIMITS_DAMAGED' })
  })

  test('runs that were begun: how to go on with each', async () => {
    const state = folder()
    expect(checkUnfinishedRuns(state, 'acme').status).toBe('ok')
    const record = { v: 1 as const, runId: 'run-7', digest: 'd', startedAt: '2026-11-01T00:00:00.000Z', flags: {} }
    await keepRunRecord(runFolder(state, 'acme', 'run-7'), record)
    expect(checkUnfinishedRuns(state, 'acme')).toMatchObject({
      status: 'warn',
      actions: ['custody archive --resume run-7'],
    })
  })
})

describe('the disk', () => {
  test.each([
    [500 * 2 ** 20 - 1, 'fail'],
    [500 * 2 ** 20, 'warn'],
    [5 * 2 ** 30 - 1, 'warn'],
    [5 * 2 ** 30, 'ok'],
  ])('%i bytes are free: %s', async (free, status) => {
    expect((await checkDisk(root, async () => free)).status).toBe(status)
  })

  test('a directory that is not there yet is judged by where it will be', async () => {
    const asked: string[] = []
    const finding = await checkDisk(join(root, 'a/b/c'), async (directory) => {
      asked.push(directory)
      return 2 ** 40
    })
    expect(asked).toEqual([root])
    expect(finding).toMatchObject({ status: 'ok', message: expect.stringContaining('not there yet') })
  })

  test('a file in its place, or a directory nobody may write to', async () => {
    const file = join(folder(), 'file')
    writeFileSync(file, '')
    expect(await checkDisk(join(file, 'archives'))).toMatchObject({ status: 'fail', code: 'DIRECTORY_NOT_WRITABLE' })
    expect(await checkDisk(file)).toMatchObject({ status: 'fail', code: 'DIRECTORY_NOT_WRITABLE' })
  })
})

describe('a host', () => {
  const org = (transport: unknown): OrgUnderCheck =>
    ({ config: { loginUrl: 'https://acme.my.salesforce.com' }, transport, signal }) as never
  const found = async (): Promise<unknown> => ({})
  const failing = (code: string) => async (): Promise<never> => {
    throw Object.assign(new Error('names things'), { cause: Object.assign(new Error(), { code }) })
  }

  test('whose name is unknown', async () => {
    const check = await checkLoginHost(org(failing('NEVER_ASKED')), failing('ENOTFOUND'))
    expect(check).toMatchObject({ code: 'HOST_UNKNOWN', message: expect.stringContaining('ENOTFOUND') })
  })

  test.each([
    ['ECONNREFUSED', 'HOST_UNREACHABLE'],
    ['UND_ERR_CONNECT_TIMEOUT', 'HOST_UNREACHABLE'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'TLS_UNTRUSTED'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'TLS_UNTRUSTED'],
    ['CERT_HAS_EXPIRED', 'TLS_UNTRUSTED'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'TLS_UNTRUSTED'],
  ])('%s: %s', async (code, expected) => {
    expect(await checkLoginHost(org(failing(code)), found)).toMatchObject({ status: 'fail', code: expected })
  })
})

describe('a configuration that is valid and still odd', () => {
  const codes = (text: string): readonly (string | null)[] => checkConfiguration(configOf(text)).map(({ code }) => code)
  const user = yaml.slice(yaml.indexOf('        - name'), yaml.indexOf('    archiveSecret'))

  test('nothing odd', () => expect(codes(yaml)).toEqual([null]))

  test('no org at all', () => expect(codes('version: 1\norgs: {}\n')).toEqual(['NO_ORG']))

  test.each<[string, string, (string | null)[]]>([
    [
      'limits at their most',
      yaml.replace(
        '    auth:',
        '    limits: { entriesPerMinute: 90, deletesPerHour: 10, connectPerHour: 1000, activeConversations: 11000 }\n    auth:',
      ),
      [null],
    ],
    [
      'limits above',
      yaml.replace('    auth:', '    limits: { entriesPerMinute: 91, connectPerHour: 1001 }\n    auth:'),
      ['LIMIT_ABOVE_SALESFORCE', 'LIMIT_ABOVE_SALESFORCE'],
    ],
    ['archives among the state', `${yaml}archive: { directory: ./.custody/archives }\n`, ['DIRECTORIES_MIXED']],
    ['archives beside the state', `${yaml}archive: { directory: ./.custody-archives }\n`, [null]],
    ['a policy that is not there', `${yaml}archive: { redaction: /nowhere.yaml }\n`, ['POLICY_UNREADABLE']],
    ['log-in at the wrong host', yaml.replace('acme.my.', 'login.'), ['LOGIN_URL_NOT_MY_DOMAIN']],
    ['one user twice', yaml.replace(user, user + user.replace('archive-1', 'archive-2')), ['POOL_SHARES_USER']],
    ['two users', yaml.replace(user, user + user.replace('archive-1', 'archive-2').replace('ID', 'ID_2')), [null]],
  ])('%s', (_, text, expected) => expect(codes(text)).toEqual(expected))

  test('two orgs of one origin, only where seals are made', () => {
    const second = yaml
      .slice(yaml.indexOf('  acme:'))
      .replace('acme:', 'other:')
      .replace('loginUrl', 'origin: acme\n    loginUrl')
    expect(codes(yaml + second)).toEqual([null])
    expect(codes(`${yaml}${second}seal: {}\n`)).toEqual(['ORIGIN_SHARED'])
  })
})
