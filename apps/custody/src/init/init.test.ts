import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CustodyError, systemClock } from '@custody/pipeline'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import type { CommandContext } from '../command-context.ts'
import type { InitFlags } from '../commands/init.ts'
import { parseConfig } from '../config/load.ts'
import { createConsole } from '../console.ts'
import { runProgram } from '../program.ts'
import {
  type Answers,
  addressProblem,
  aliasFor,
  aliasProblem,
  flows,
  redactions,
  tidyAddress,
  toAlias,
} from './answers.ts'
import { configText, envExampleText, variablesOf } from './config-text.ts'
import type { Prompts } from './prompts.ts'
import { type InitWorld, runInitCommand } from './run-init-command.ts'
import { chooseKnownOrg, parseOrgList } from './salesforce-cli.ts'

const root = mkdtempSync(join(tmpdir(), 'custody-init-'))
afterAll(() => rmSync(root, { recursive: true }))
let made = 0
const folder = (): string => {
  const path = join(root, String(made++))
  mkdirSync(path)
  return path
}
const address = 'https://acme.my.salesforce.com'

/** `custody init` in this process, with no terminal. */
async function init(where: string, args: readonly string[]) {
  let stdout = ''
  let stderr = ''
  const code = await runProgram(['init', '--config', join(where, 'custody.config.yaml'), ...args], {
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
    env: {},
    signal: new AbortController().signal,
  })
  return { code, stdout, stderr }
}

const read = (where: string, name: string): string => readFileSync(join(where, name), 'utf8')

const answers: fc.Arbitrary<Answers> = fc.record({
  alias: fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9-]{0,39}$/),
  loginUrl: fc.constantFrom(address, 'http://127.0.0.1:8080', 'https://a-b--c.sandbox.my.salesforce.com'),
  flow: fc.constantFrom(...flows),
  username: fc.constantFrom('archive@acme.example', "o'neil+x@acme.example", 'yes@1e3', '#x: {@y'),
  redaction: fc.constantFrom(...redactions),
  seal: fc.boolean(),
})

describe('what is written', () => {
  test('is valid for all answers, and says what was answered', () => {
    fc.assert(
      fc.property(answers, (given) => {
        const config = parseConfig(configText(given), 'x')
        const org = config.orgs[given.alias]
        expect(Object.keys(config.orgs)).toEqual([given.alias])
        expect(org).toMatchObject({ loginUrl: given.loginUrl, auth: { flow: given.flow } })
        expect(config.archive.redaction).toBe(given.redaction === 'none' ? undefined : 'default')
        expect(config.seal !== undefined).toBe(given.seal)
        const [user] = org?.auth.users ?? []
        if (user && 'username' in user) expect(user.username).toBe(given.username)
      }),
    )
  })

  test('every setting that is commented out may be used as it stands', () => {
    fc.assert(
      fc.property(answers, (given) => {
        const text = configText(given).replace(/^( *)# (\w+: .*)$/gm, (line, indent: string, setting: string) =>
          /^[a-zA-Z0-9]+: [{a-z]/.test(setting) ? `${indent}${setting}` : line,
        )
        const config = parseConfig(text, 'x')
        expect(config.archive).toMatchObject({ allowCounted: true, redaction: 'default' })
        expect(config.orgs[given.alias]).toMatchObject({ apiUrl: 'https://api.salesforce.com', data360: { api: 'v3' } })
        if (given.seal) expect(config.seal?.timestamp?.url).toMatch(/^https:/)
      }),
    )
  })

  test('the example of the environment names every variable of the configuration, and has no values', () => {
    fc.assert(
      fc.property(answers, (given) => {
        const named = [...configText(given).matchAll(/\{ env: (\S+) \}/g)].map(([, name]) => name)
        const example = envExampleText(given)
        const lines = example.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
        expect(new Set(lines)).toEqual(new Set(named.filter((name) => name !== 'NAME').map((name) => `${name}=`)))
        expect(variablesOf(given).every(({ name }) => /^[A-Z][A-Z0-9_]*$/.test(name))).toBe(true)
      }),
    )
  })
})

describe('without a terminal', () => {
  test('--yes needs an address and nothing else', async () => {
    const where = folder()
    const { code, stdout, stderr } = await init(where, [
      '--yes',
      '--login-url',
      'acme--test.sandbox.my.salesforce.com/home',
    ])
    expect(code).toBe(0)
    expect(stdout).toBe(`${join(where, 'custody.config.yaml')}\n${join(where, '.env.example')}\n`)
    const config = parseConfig(read(where, 'custody.config.yaml'), 'x')
    expect(config.orgs['acme-test']?.loginUrl).toBe('https://acme--test.sandbox.my.salesforce.com')
    expect(stderr).toMatch(/custody keys init[\s\S]*custody doctor[\s\S]*custody archive/)
    expect(existsSync(join(where, '.gitignore'))).toBe(false)
  })

  test('what is missing is named by its flags; nothing is written', async () => {
    const where = folder()
    const { code, stderr } = await init(where, ['--org', 'acme', '--redact', 'none'])
    expect(code).toBe(2)
    expect(stderr).toContain('--login-url, --flow, --seal or --no-seal are missing')
    expect(stderr).toContain('ANSWERS_MISSING')
    expect(existsSync(join(where, 'custody.config.yaml'))).toBe(false)
    expect((await init(where, ['--yes'])).stderr).toContain('--login-url is missing')
    const jwt = await init(where, ['--yes', '--login-url', address, '--flow', 'jwt-bearer'])
    expect(jwt.stderr).toContain('--username is missing')
  })

  test('all answers by flags: no --yes is needed', async () => {
    const where = folder()
    const flags = [
      '--org',
      'x',
      '--login-url',
      address,
      '--flow',
      'client-credentials',
      '--redact',
      'none',
      '--no-seal',
    ]
    expect((await init(where, flags)).code).toBe(0)
    expect(parseConfig(read(where, 'custody.config.yaml'), 'x').seal).toBeUndefined()
  })

  test.each([
    [['--login-url', 'http://acme.my.salesforce.com']],
    [['--login-url', 'https://user:pass@acme.my.salesforce.com']],
    [['--login-url', 'https://acme.lightning.force.com']],
    [['--login-url', address, '--org', 'a b']],
    [['--login-url', address, '--flow', 'magic']],
    [['--login-url', address, '--redact', 'some']],
    [['--login-url', address, '--flow', 'password', '--username', 'nobody']],
  ])('%j is refused', async (flags) => {
    const where = folder()
    const { code, stderr } = await init(where, ['--yes', ...flags])
    expect(code).toBe(2)
    expect(stderr).not.toContain('pass@')
    expect(existsSync(join(where, 'custody.config.yaml'))).toBe(false)
  })

  test('the Lightning address is answered with the one that is meant', () => {
    expect(addressProblem('https://acme.lightning.force.com')).toContain('https://acme.my.salesforce.com')
  })
})

describe('files that are there', () => {
  test.each(['custody.config.yaml', '.env.example'])('%s is not replaced without --force', async (name) => {
    const where = folder()
    writeFileSync(join(where, name), 'mine')
    const flags = ['--yes', '--login-url', address]
    const { code, stderr } = await init(where, flags)
    expect(code).toBe(5)
    expect(stderr).toContain('--force')
    expect(read(where, name)).toBe('mine')
    expect((await init(where, [...flags, '--force'])).code).toBe(0)
    expect(read(where, name)).not.toBe('mine')
  })

  test('in a repository secrets, keys and archives are ignored, once', async () => {
    const where = folder()
    mkdirSync(join(where, '.git'))
    writeFileSync(join(where, '.gitignore'), 'dist\n/.custody')
    const flags = ['--yes', '--login-url', address, '--json']
    const { stdout } = await init(where, flags)
    expect(read(where, '.gitignore')).toBe('dist\n/.custody\n.env\narchives/\n')
    expect(JSON.parse(stdout)).toMatchObject({ type: 'init-end', org: 'acme', ignored: ['.env', 'archives/'] })
    await init(where, [...flags, '--force'])
    expect(read(where, '.gitignore')).toBe('dist\n/.custody\n.env\narchives/\n')
  })

  test('in a folder below, the repository is found too', async () => {
    const repository = folder()
    writeFileSync(join(repository, '.git'), 'gitdir: elsewhere')
    const where = join(repository, 'deep')
    expect((await init(where, ['--yes', '--login-url', address])).code).toBe(0)
    expect(read(where, '.gitignore')).toBe('.env\n.custody/\narchives/\n')
  })

  test('a folder that cannot be written to', async () => {
    const file = join(folder(), 'file')
    writeFileSync(file, '')
    expect((await init(file, ['--yes', '--login-url', address])).code).not.toBe(0)
    expect(statSync(file).size).toBe(0)
  })
})

const list = JSON.stringify({
  status: 0,
  result: {
    other: [],
    nonScratchOrgs: [
      {
        alias: 'Prod Org,main',
        instanceUrl: 'https://acme.my.salesforce.com',
        username: 'anna@acme.example',
        accessToken: '00D!SECRET',
      },
      { instanceUrl: 'https://acme--test.sandbox.my.salesforce.com/', accessToken: '00D!OTHER' },
    ],
    sandboxes: [{ alias: 'again', instanceUrl: 'https://acme.my.salesforce.com' }],
    scratchOrgs: [{ alias: 'bad', instanceUrl: 'http://elsewhere.example' }, null, 'text', { alias: 7 }],
  },
})
const known = [
  { alias: 'Prod-Org', loginUrl: 'https://acme.my.salesforce.com' },
  { alias: 'acme-test', loginUrl: 'https://acme--test.sandbox.my.salesforce.com' },
]

describe('the orgs of the Salesforce CLI', () => {
  test('name and address, each org once; nothing else of them', () => {
    expect(parseOrgList(list)).toEqual(known)
    expect(parseOrgList('Warning: update available')).toBeNull()
    expect(parseOrgList('{"result":[]}')).toBeNull()
    expect(parseOrgList('{"result":{"nonScratchOrgs":{}}}')).toEqual([])
  })

  test('one of them by its alias, or the only one', () => {
    expect(chooseKnownOrg(known, 'Prod Org')).toBe(known[0])
    expect(chooseKnownOrg(known.slice(1), null)).toBe(known[1])
    expect(() => chooseKnownOrg(known, null)).toThrow(/knows 2 orgs/)
    expect(() => chooseKnownOrg(known, 'nobody')).toThrow(/no org of that alias/)
    expect(() => chooseKnownOrg([], null)).toThrow(/knows 0 orgs/)
  })
})

/** Answers in order; what was asked is kept. */
function scripted(given: readonly unknown[]): { readonly prompts: Prompts; readonly asked: string[] } {
  const asked: string[] = []
  const left = [...given]
  const next = <T>(message: string, initial: T): T => {
    asked.push(message)
    if (left.length === 0) throw new Error(`nobody expected to be asked: ${message}`)
    return (left.shift() ?? initial) as T
  }
  return {
    asked,
    prompts: {
      text: async ({ message, initial = '', problem }) => {
        const answer = next(message, initial)
        expect(problem(answer)).toBeUndefined()
        return answer
      },
      choose: async ({ message, initial, options }) => {
        const answer = next(message, initial)
        expect(options.map(({ value }) => value)).toContain(answer)
        return answer
      },
      confirm: async ({ message, initial }) => next(message, initial),
    },
  }
}

async function talk(where: string, flags: Partial<InitFlags>, world: Partial<InitWorld>): Promise<string> {
  let printed = ''
  const output = { write: (text: string) => (printed += text) }
  const context: CommandContext = {
    stdout: output,
    stderr: output,
    env: {},
    clock: systemClock,
    signal: new AbortController().signal,
    console: (options) => createConsole(output, output, options),
    observe: () => {},
    end: () => {},
  }
  const config = join(where, 'custody.config.yaml')
  const noTerminal: InitWorld = { prompts: async () => null, isInstalled: () => false }
  await runInitCommand({ config, ...flags }, context, { ...noTerminal, ...world })
  return printed
}

describe('on a terminal', () => {
  test('five questions, the first choice of each taken', async () => {
    const where = folder()
    const { prompts, asked } = scripted(['acme.my.salesforce.com', undefined, undefined, undefined, undefined])
    await talk(where, {}, { prompts: async () => prompts })
    expect(asked).toHaveLength(5)
    expect(parseConfig(read(where, 'custody.config.yaml'), 'x')).toMatchObject({
      orgs: { acme: { loginUrl: address, auth: { flow: 'client-credentials' } } },
      archive: { redaction: 'default' },
      seal: { keys: './.custody/keys' },
    })
  })

  test('what flags answer is not asked; a flow with a user asks for the user', async () => {
    const where = folder()
    const { prompts, asked } = scripted(['jwt-bearer', ' archive@acme.example ', false])
    await talk(where, { loginUrl: address, org: 'a', redact: 'none' }, { prompts: async () => prompts })
    expect(asked).toHaveLength(3)
    const { orgs, seal } = parseConfig(read(where, 'custody.config.yaml'), 'x')
    expect(orgs['a']?.auth.users[0]).toMatchObject({ username: 'archive@acme.example' })
    expect(seal).toBeUndefined()
  })

  test('an org of the Salesforce CLI is offered, and only its address is taken', async () => {
    const where = folder()
    const asks: (readonly string[])[] = []
    const runCommand = async (program: string, args: readonly string[]): Promise<string> => {
      asks.push([program, ...args])
      return list
    }
    const { prompts } = scripted([known[1]?.loginUrl, undefined, undefined, undefined, undefined])
    const printed = await talk(where, {}, { prompts: async () => prompts, runCommand, isInstalled: () => true })
    expect(asks).toEqual([['sf', 'org', 'list', '--json', '--skip-connection-status']])
    expect(Object.keys(parseConfig(read(where, 'custody.config.yaml'), 'x').orgs)).toEqual(['acme-test'])
    const all = printed + read(where, 'custody.config.yaml') + read(where, '.env.example')
    expect(all).not.toMatch(/SECRET!|00D!|anna/)
  })

  test('another org than those, or a CLI that fails, is asked for as ever', async () => {
    const where = folder()
    const { prompts, asked } = scripted(['other', address, undefined, undefined, undefined, undefined])
    await talk(where, {}, { prompts: async () => prompts, runCommand: async () => list, isInstalled: () => true })
    expect(asked).toHaveLength(6)
    const broken = scripted([address, undefined, undefined, undefined, undefined])
    const runCommand = (): Promise<string> => Promise.reject(new Error('broken'))
    await talk(folder(), {}, { prompts: async () => broken.prompts, runCommand, isInstalled: () => true })
    expect(broken.asked).toHaveLength(5)
  })

  test('interrupted: nothing is written', async () => {
    const where = folder()
    const prompts = {
      ...scripted([]).prompts,
      text: () => Promise.reject(new CustodyError('INTERRUPTED', 'Interrupted.')),
    }
    await expect(talk(where, {}, { prompts: async () => prompts })).rejects.toMatchObject({ code: 'INTERRUPTED' })
    expect(existsSync(join(where, 'custody.config.yaml'))).toBe(false)
  })
})

test('--from-sf: by alias, without a terminal; a CLI that is not there is said', async () => {
  const where = folder()
  await talk(where, { yes: true, fromSf: 'Prod Org' }, { runCommand: async () => list })
  expect(Object.keys(parseConfig(read(where, 'custody.config.yaml'), 'x').orgs)).toEqual(['Prod-Org'])
  const missing = (): Promise<string> => Promise.reject(Object.assign(new Error(), { code: 'ENOENT' }))
  await expect(talk(folder(), { yes: true, fromSf: true }, { runCommand: missing })).rejects.toMatchObject({
    code: 'SALESFORCE_CLI',
    message: expect.stringContaining('not installed'),
  })
})

test('names made of anything are aliases, addresses are tidied without losing a user unseen', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (name) => {
      const alias = toAlias(name)
      if (alias !== null) expect(aliasProblem(alias)).toBeUndefined()
    }),
    { numRuns: 20 },
  )
  expect(tidyAddress(' Acme.my.salesforce.com/lightning/page?x=1 ')).toBe(address)
  expect(tidyAddress('https://u:p@acme.my.salesforce.com')).toContain('u:p@')
  expect(aliasFor('https://127.0.0.1:8080')).toBe('127')
  expect(aliasFor('https://---.example')).toBe('acme')
})
