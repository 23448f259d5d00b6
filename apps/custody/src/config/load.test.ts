import { CustodyError } from '@custody/pipeline'
import { describe, expect, test } from 'vitest'
import { configJsonSchema, loadConfig, parseConfig } from './load.ts'

const good = `version: 1
orgs:
  acme:
    loginUrl: https://acme.my.salesforce.com
    auth:
      flow: client-credentials
      users:
        - name: archive-1
          clientId: { env: ACME_CLIENT_ID }
          clientSecret: { file: /run/secrets/acme }
    archiveSecret: { env: ACME_ARCHIVE_SECRET }
`

const failure = (text: string): CustodyError => {
  try {
    parseConfig(text, 'custody.config.yaml')
  } catch (error) {
    if (CustodyError.isInstance(error)) return error
    throw error
  }
  throw new Error('nothing was refused')
}
const change = (from: string, to: string): CustodyError => failure(good.replace(from, to))

describe('a configuration', () => {
  test('gets its defaults', () => {
    const config = parseConfig(good, 'x')
    expect(config.archive).toEqual({
      directory: './archives',
      formats: ['jsonl', 'csv'],
      container: 'zip',
      allowCounted: false,
    })
    expect(config.orgs['acme']?.limits).toEqual({
      entriesPerMinute: 85,
      deletesPerHour: 9,
      connectPerHour: 900,
      activeConversations: 2500,
      orgActiveConversations: 11_000,
      activeConversationsFloor: 500,
      dailyCallsFloor: 1000,
    })
    expect(config.orgs['acme']?.apiVersion).toBe('66.0')
  })

  test('the example of the README of this package is valid', () => {
    expect(Object.keys(parseConfig(good, 'x').orgs)).toEqual(['acme'])
  })

  test('an unknown key is refused with file, line and the nearest known one', () => {
    const error = change('    loginUrl:', '    loginURI:')
    expect(error.kind).toBe('usage')
    expect(error.code).toBe('CONFIG_INVALID')
    const unknown = [error.message, ...error.actions].join('\n')
    expect(unknown).toContain('loginURI')
    expect(change('version: 1', 'version: 1\narchiv: {}').message).toBe('custody.config.yaml:2: archiv: unknown key.')
    expect(change('version: 1', 'version: 1\narchiv: {}').actions[0]).toBe('Did you mean archive?')
  })

  test('an unknown key deep inside names its whole path', () => {
    const error = change('flow: client-credentials', 'flow: client-credentials\n      scope: api')
    expect(error.message).toBe('custody.config.yaml:7: orgs.acme.auth.scope: unknown key.')
    expect(error.actions[0]).toContain('flow')
  })

  test('a literal secret is refused and never repeated', () => {
    const error = change('{ env: ACME_CLIENT_ID }', 'hunter2hunter2')
    expect(error.message).toBe('custody.config.yaml:9: orgs.acme.auth.users.0.clientId: holds a literal secret.')
    expect(JSON.stringify([error.message, error.actions, String(error.cause)])).not.toContain('hunter2')
  })

  test.each([
    ['https://acme.my.salesforce.com', 'http://acme.my.salesforce.com'],
    ['https://acme.my.salesforce.com', 'https://user:pass@acme.my.salesforce.com'],
    ['https://acme.my.salesforce.com', 'https://acme.my.salesforce.com/services'],
    ['https://acme.my.salesforce.com', 'acme'],
  ])('%s may not become %s', (from, to) => {
    const error = change(from, to)
    expect(error.message).toContain(':4: orgs.acme.loginUrl: must be an https: address')
    expect(error.message).not.toContain('pass')
  })

  test.each(['http://127.0.0.1:8080', 'http://localhost:1', 'http://[::1]:9'])('%s is a loopback host', (url) => {
    expect(parseConfig(good.replace('https://acme.my.salesforce.com', url), 'x').orgs['acme']?.loginUrl).toBe(url)
  })

  test('a missing key is named', () => {
    expect(change('version: 1\n', '').message).toContain('version: is missing')
  })

  test('all problems are told at once', () => {
    const error = change('version: 1', 'version: 2\nstat: 1\narchives: 2')
    expect([error.message, ...error.actions].join('\n')).toMatch(/version[\s\S]*stat[\s\S]*archives/)
  })

  test('broken YAML names the line', () => {
    expect(failure('version: 1\norgs: [').message).toMatch(/^custody\.config\.yaml:\d+: this is no YAML/)
  })

  test('an alias bomb is refused', () => {
    const bomb = [
      'a: &a [x,x,x,x,x,x,x,x,x]',
      ...'bcdefghi'.split('').map((name, index) => {
        const before = 'abcdefgh'[index]
        return `${name}: &${name} [${Array(9).fill(`*${before}`).join(',')}]`
      }),
    ].join('\n')
    expect(failure(bomb).kind).toBe('usage')
  })

  test('a file that is not there is a usage error', () => {
    expect(() => loadConfig('/nowhere/custody.config.yaml')).toThrow(/cannot be read \(ENOENT\)/)
  })

  test('the JSON Schema knows every key', () => {
    expect(JSON.stringify(configJsonSchema())).toContain('archiveSecret')
  })
})
