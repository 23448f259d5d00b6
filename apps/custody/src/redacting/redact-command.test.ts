import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { archive } from '@custody/archive'
import type { Conversation, Entry } from '@custody/model'
import { defineSource } from '@custody/pipeline'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { runInProcess } from '../testing/run-program.ts'

let folder: string
let keyFile: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'custody-redact-'))
  keyFile = join(folder, 'key')
  writeFileSync(keyFile, 'ab'.repeat(32))
})
afterEach(() => rmSync(folder, { recursive: true }))

const scan = '%PDF'
const at = '2026-10-02T00:00:00.000Z'
const window = { from: '2026-10-01T00:00:00.000Z', to: '2026-11-01T00:00:00.000Z' }

function message(entryId: string, text: string, name: string | null): Entry {
  return {
    entryId,
    sentAt: at,
    clientAt: null,
    kind: 'message',
    entryType: 'Message',
    sender: { role: 'end-user', appType: null, subject: null, displayName: name },
    text,
    content: null,
    relatedRecords: [],
    source: 'conversation-data',
    payload: { text, order: 12345678 },
    extra: null,
  }
}

function conversation(number: number, name: string | null, texts: readonly string[]): Conversation {
  const file = { sha256: createHash('sha256').update(scan).digest('hex'), size: scan.length, mimeType: null }
  const attachment = { name: 'scan.pdf', mimeType: null, url: null, id: null, ...(number === 1 && { file }) }
  const entries = texts.map((text, index) => message(`${number}-${index}`, text, name))
  return {
    identifier: `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`,
    recordId: null,
    channelName: 'Shop',
    channelType: 'EmbeddedMessaging',
    startTime: at,
    endTime: at,
    continuedBefore: false,
    continuesAfter: false,
    sessions: [],
    participants:
      name === null ? [] : [{ role: 'end-user', displayName: name, recordId: null, joinedAt: at, leftAt: null }],
    endUsers: [],
    entries:
      number === 1
        ? [
            ...entries,
            { ...message('1-f', 'see file', name), content: { type: 'attachments', attachments: [attachment] } },
          ]
        : entries,
    delivered: null,
    reconciliation: {
      verdict: 'matched',
      reason: null,
      expectedAgentMessages: 0,
      expectedEndUserMessages: texts.length,
    },
    witnesses: [],
    redactions: [],
  }
}

const harmless = 'Order 12345678 of 2026-10-01 came at 10:30, thanks; 3 x 20 EUR \u2028 \u{1f600}'
const conversations = [
  conversation(1, 'Zoë Lindqvist', ['Hi, this is zoe LINDQVIST, call +49 170 1234567', 'or a@example.org']),
  conversation(2, null, [harmless]),
]

/** A plain archive in a folder. */
async function plainArchive(records: readonly Conversation[] = conversations): Promise<string> {
  const place = join(folder, 'scan')
  writeFileSync(place, scan)
  const sink = archive({
    directory: join(folder, 'plain'),
    org: 'shop',
    window,
    container: 'folder',
    mode: 'plain',
    key: Buffer.alloc(32, 1),
    attachmentPlace: () => place,
    run: { runId: 'run-1', tool: 'test/1', startedAt: at },
  })
  const source = defineSource<Conversation>('test', async function* () {
    yield { records, rejects: [] }
  })
  await sink(source())
  return join(folder, 'plain', 'shop-2026-10-01--2026-11-01')
}

function filesOf(directory: string): readonly (readonly [string, string])[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => [name, readFileSync(join(parentPath, name), 'utf8')])
}

/** The lines of the master, by identifier. */
function master(path: string): ReadonlyMap<string, { readonly entries: readonly { readonly text: string }[] }> {
  const lines = readFileSync(join(path, 'data/conversations/part-00001.jsonl'), 'utf8').trimEnd().split('\n')
  return new Map(lines.map((line) => JSON.parse(line)).map((line) => [line.conversation.identifier, line]))
}

describe('custody redact ARCHIVE', () => {
  const copyOf = (out: string): string => join(folder, out, 'shop-2026-10-01--2026-11-01.redacted')

  test('no literal identity is left in any file; other messages stay byte for byte', async () => {
    const path = await plainArchive()
    const out = join(folder, 'copy')
    const ran = await runInProcess([
      'redact',
      path,
      '--policy',
      'default',
      '--out',
      out,
      '--key-file',
      keyFile,
      '--container',
      'folder',
    ])
    expect(ran).toMatchObject({ code: 0, stdout: `${copyOf('copy')}\n` })
    expect(await runInProcess(['verify', copyOf('copy')])).toMatchObject({ code: 0 })
    for (const [name, text] of filesOf(out)) expect(text, name).not.toMatch(/zo[eë]|lindqvist|1234567\b|a@example/i)
    const [identifier = ''] = [...master(path).keys()].slice(1)
    expect(master(copyOf('copy')).get(identifier)?.entries).toEqual(master(path).get(identifier)?.entries)
  })

  test('the copy is the same byte for byte, whatever the number of jobs; so is what stands behind its pseudonyms', async () => {
    const many = Array.from({ length: 230 }, (_, index) =>
      conversation(index + 2, `Person ${index}`, [`or ${index}@example.org`]),
    )
    const path = await plainArchive(many)
    const policy = join(folder, 'policy.yaml')
    writeFileSync(policy, 'version: 1\nvault: file\n')
    const flags = [
      'redact',
      path,
      '--policy',
      policy,
      '--key-file',
      keyFile,
      '--container',
      'folder',
      '--formats',
      'csv',
    ]
    const copy = async (jobs: string): Promise<{ payload: object; pseudonyms: string[] | null }> => {
      const out = join(folder, `jobs-${jobs}`)
      const vault = join(folder, `vault-${jobs}`)
      const env = { CUSTODY_VAULT_KEY: 'cd'.repeat(32) }
      expect(await runInProcess([...flags, '--out', out, '--vault', vault, '--jobs', jobs], env)).toMatchObject({
        code: 0,
      })
      const payload = filesOf(join(out, 'shop-2026-10-01--2026-11-01.redacted', 'data'))
      const pseudonyms = readFileSync(vault, 'utf8').match(/"p":"[^"]+"/g)
      return { payload: Object.fromEntries(payload), pseudonyms }
    }
    const alone = await copy('1')
    expect(await copy('3')).toEqual(alone)
    expect(alone.pseudonyms?.length).toBeGreaterThanOrEqual(many.length)
    const none = await runInProcess([...flags, '--out', join(folder, 'none'), '--jobs', '0'])
    expect(none).toMatchObject({ code: 2, stderr: expect.stringContaining('OPTION_MALFORMED') })
  })

  test('it names what it came from, and the salts are others', async () => {
    const path = await plainArchive()
    const out = join(folder, 'copy')
    await runInProcess([
      'redact',
      path,
      '--policy',
      'strict',
      '--out',
      out,
      '--key-file',
      keyFile,
      '--container',
      'folder',
    ])
    const run = JSON.parse(readFileSync(join(copyOf('copy'), 'run.json'), 'utf8'))
    const source = JSON.parse(readFileSync(join(path, 'run.json'), 'utf8'))
    expect(run).toMatchObject({
      mode: 'redacted',
      verdict: source.verdict,
      run: {
        redactedFrom: { archive: source.archive, recordsRoot: source.recordsRoot, filesLeftOut: 1 },
        redaction: { preset: 'strict', conversations: 2 },
        cost: { elapsedMs: expect.any(Number), requests: 0, limits: [] },
      },
    })
    const salts = (text: string): string[] => text.match(/"salt":"[^"]+/g) ?? []
    const part = 'data/conversations/part-00001.jsonl'
    const before = salts(readFileSync(join(path, part), 'utf8'))
    expect(before).toHaveLength(2)
    expect(salts(readFileSync(join(copyOf('copy'), part), 'utf8')).filter((salt) => before.includes(salt))).toEqual([])
  })

  test('twice into one place is refused, and so is a redacted one', async () => {
    const path = await plainArchive()
    const flags = ['--policy', 'default', '--key-file', keyFile, '--container', 'folder']
    expect(await runInProcess(['redact', path, ...flags, '--out', join(folder, 'copy')])).toMatchObject({ code: 0 })
    const again = await runInProcess(['redact', path, ...flags, '--out', join(folder, 'copy')])
    expect(again).toMatchObject({ code: 2, stderr: expect.stringContaining('[ARCHIVE_EXISTS]') })
    const twice = await runInProcess(['redact', copyOf('copy'), ...flags, '--out', join(folder, 'other')])
    expect(twice).toMatchObject({ code: 5, stderr: expect.stringContaining('[REDACT_SOURCE_MODE]') })
  })

  test('where a key is configured the copy is sealed, in a chain for each policy', async () => {
    const path = await plainArchive()
    const config = join(folder, 'custody.config.yaml')
    mkdirSync(join(folder, 'state'))
    writeFileSync(
      config,
      `version: 1
orgs:
  shop:
    loginUrl: https://shop.example.com
    auth: { flow: client-credentials, users: [{ name: a, clientId: { env: A }, clientSecret: { env: B } }] }
    archiveSecret: { env: SECRET }
archive: { directory: ${join(folder, 'plain')} }
state: { directory: ${join(folder, 'state')} }
seal: { keys: ${join(folder, 'keys')} }
`,
    )
    const env = { SECRET: 'the-same-key-in-every-test-of-this-project' }
    const redact = (policy: string, out: string): ReturnType<typeof runInProcess> =>
      runInProcess(
        ['redact', path, '--policy', policy, '--out', join(folder, out), '--config', config, '--container', 'folder'],
        env,
      )
    expect(await runInProcess(['keys', 'init', '--config', config], env)).toMatchObject({ code: 0 })
    const signer = join(folder, 'keys', 'signing-key.pub')
    for (const policy of ['default', 'strict']) {
      expect(await redact(policy, policy)).toMatchObject({ code: 0 })
      expect(await runInProcess(['verify', copyOf(policy), '--key', signer])).toMatchObject({ code: 0 })
      expect(readFileSync(join(copyOf(policy), 'seal/seal.txt'), 'utf8')).toMatch(
        /^origin shop\.redacted-[0-9a-f]{8}$/m,
      )
    }
    // In a chain no time stands twice.
    const again = await redact('default', 'elsewhere')
    expect(again).toMatchObject({ code: 5, stderr: expect.stringContaining('[CHAIN_PERIOD]') })
    expect(existsSync(copyOf('elsewhere'))).toBe(false)
  })
})

describe('custody redact FILE', () => {
  test('pseudonyms are those of the org whose secret is the key', async () => {
    const file = join(folder, 'a.txt')
    writeFileSync(file, 'write to a@example.org')
    const redact = async (out: string, ...flags: string[]): Promise<string> => {
      const ran = await runInProcess(
        ['redact', file, '--policy', 'default', '--out', join(folder, out), '--config', 'none', ...flags],
        { CUSTODY_REDACTION_KEY: 'cd'.repeat(32) },
      )
      expect(ran).toMatchObject({ code: 0 })
      return readFileSync(ran.stdout.trim(), 'utf8')
    }
    const one = await redact('one')
    expect(one).toMatch(/^write to \[EMAIL:k1:[0-9a-z]{12}\]$/)
    expect(await redact('again')).toBe(one)
    expect(await redact('tenant', '--tenant', 'other')).not.toBe(one)
    expect(await redact('other', '--key-file', keyFile)).not.toBe(one)
    expect(await redact('rotated', '--key-id', 'k2')).toMatch(/\[EMAIL:k2:/)
  })

  test.each([
    [['--out', 'x'], 'OPTION_MISSING'],
    [['--policy', 'default'], 'OPTION_MISSING'],
    [['--policy', 'default', '--out', 'x'], 'REDACTION_KEY_UNNAMED'],
    [['--policy', 'nowhere.yaml', '--out', 'x'], 'POLICY_UNREADABLE'],
    [['--policy', 'default', '--out', 'x', '--format', 'xls'], 'OPTION_UNKNOWN_VALUE'],
    [['--policy', 'default', '--out', 'x', '--columns', 'a'], 'OPTION_MEANINGLESS'],
    [['--policy', 'default', '--out', 'x', '--people', 'nowhere'], 'REDACT_INPUT'],
  ])('%j is refused', async (flags, code) => {
    const file = join(folder, 'a.txt')
    writeFileSync(file, 'a')
    const ran = await runInProcess(['redact', file, '--config', 'none', ...flags])
    expect(ran).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(`[${code}]`) })
  })

  test('a policy with a vault needs one; what stands behind pseudonyms is in it, encrypted', async () => {
    const file = join(folder, 'a.txt')
    writeFileSync(file, 'write to a@example.org')
    writeFileSync(join(folder, 'policy.yaml'), 'version: 1\nvault: file\n')
    const flags = ['redact', file, '--policy', join(folder, 'policy.yaml'), '--key-file', keyFile, '--config', 'none']
    const without = await runInProcess([...flags, '--out', join(folder, 'one')])
    expect(without).toMatchObject({ code: 2, stderr: expect.stringContaining('[VAULT_UNNAMED]') })
    const vault = join(folder, 'vault')
    const env = { CUSTODY_VAULT_KEY: 'ef'.repeat(32) }
    expect(await runInProcess([...flags, '--out', join(folder, 'two'), '--vault', vault], env)).toMatchObject({
      code: 0,
    })
    const [, pseudonym = ''] = /(\[EMAIL[^\]]+\])/.exec(readFileSync(join(folder, 'two', 'a.txt'), 'utf8')) ?? []
    expect(readFileSync(vault, 'utf8')).toContain(pseudonym)
    expect(readFileSync(vault, 'utf8')).not.toContain('example')
  })
})

describe('custody redact check', () => {
  test('says how many made-up values were found, and ends with 4 when there were too few', async () => {
    const ran = await runInProcess(['redact', 'check', '--per-type', '5', '--threshold', '0.2'])
    expect(ran.code).toBe(0)
    expect(ran.stdout).toMatch(/EMAIL +5\/5 +100\.0 % \(\d+\.\d-100\.0\) +ok/)
    writeFileSync(
      join(folder, 'blind.yaml'),
      'version: 1\npatterns: [{ name: never, type: NEVER, match: "a{1,2}b", words: [zzz] }]\n',
    )
    expect(await runInProcess(['redact', 'check', '--threshold', '1.5'])).toMatchObject({ code: 2 })
    expect(await runInProcess(['redact', 'check', '--sample', 'x'])).toMatchObject({ code: 2 })
  })

  test('on an archive: a rehearsal that writes nothing but the sample, which review reads back', async () => {
    const path = await plainArchive()
    const sample = join(folder, 'sample.csv')
    const flags = ['redact', 'check', path, '--per-type', '3', '--threshold', '0', '--sample', sample]
    const ran = await runInProcess(flags)
    expect(ran).toMatchObject({ code: 0 })
    expect(ran.stdout).toContain('1 of 2 conversations would change')
    const csv = readFileSync(sample, 'utf8')
    expect(csv).not.toMatch(/lindqvist|a@example/i)
    expect(await runInProcess(flags)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('[REVIEW_SAMPLE_FILE]'),
    })
    const decided = join(folder, 'decided.csv')
    writeFileSync(decided, csv.replaceAll(/,(?=\r?\n)/g, ',right'))
    const review = await runInProcess(['redact', 'review', decided, '--threshold', '0.9', '--json'])
    expect(review.code).toBe(0)
    expect(JSON.parse(review.stdout)).toMatchObject({ type: 'review', passed: true })
    writeFileSync(decided, csv.replaceAll(/,(?=\r?\n)/g, ',wrong'))
    expect(await runInProcess(['redact', 'review', decided, '--threshold', '0.9'])).toMatchObject({ code: 4 })
    expect(await runInProcess(['redact', 'review', decided])).toMatchObject({ code: 0 })
  })
})

describe('custody redact explain', () => {
  test('which rule, why, and why not', async () => {
    const text = 'call +49 170 1234567, card 4111 1111 1111 1112'
    const ran = await runInProcess(['redact', 'explain', text, '--policy', 'strict'])
    expect(ran).toMatchObject({ code: 0 })
    expect(ran.stdout).toMatch(/^call \[PHONE\], card 4111 1111 1111 1112\n/)
    expect(ran.stdout).toMatch(/5-20 "\+49 170 1234567" +PHONE +\S+ +[01]\.\d\d +label/)
    expect(ran.stdout).toMatch(/27-46 "4111 1111 1111 1112" +CARD +\S+ +check-digit/)
  })

  test('its events carry no text', async () => {
    const { stdout } = await runInProcess(['redact', 'explain', 'a@example.org', '--json'])
    expect(JSON.parse(stdout)).toMatchObject({ type: 'explained', spans: [{ type: 'EMAIL', start: 0, length: 13 }] })
    expect(stdout).not.toContain('example')
  })
})
