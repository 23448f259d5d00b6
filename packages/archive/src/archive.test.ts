import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Redaction } from '@custody/model'
import { leafHash, MerkleTree } from '@custody/seal'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, test } from 'vitest'
import { encodeManifest } from './bag.ts'
import {
  batchOf,
  key,
  rejectOf,
  sampleConversation,
  sampleEntry,
  sampleSource,
  sourceOf,
  window,
} from './testing/sample-conversations.ts'
import { temporaryFolder } from './testing/temporary-folder.ts'
import { filesBelow, linesOf, writeArchive } from './testing/write-archive.ts'
import { verify } from './verify.ts'

const name = 'acme-2026-10-01--2026-11-01'

describe('what is in an archive', () => {
  test('exactly these files, and standard tools find them whole', async () => {
    const result = await writeArchive(temporaryFolder(), sampleSource(3))
    expect(filesBelow(result.path)).toEqual([
      'README.txt',
      'VERIFY.txt',
      'bag-info.txt',
      'bagit.txt',
      'data/conversations/part-00001.jsonl',
      'data/csv/conversations.csv',
      'data/csv/entries.csv',
      'data/csv/participants.csv',
      'data/reports/differences.csv',
      'data/reports/gaps.csv',
      'data/reports/reconciliation.csv',
      'data/reports/rejects.jsonl',
      'data/reports/witnesses.csv',
      'integrity/leaves.txt',
      'integrity/records.jsonl',
      'manifest-sha256.txt',
      'run.json',
      'schema/audit.schema.json',
      'schema/conversation.schema.json',
      'schema/erasure.schema.json',
      'schema/record.schema.json',
      'schema/redaction.schema.json',
      'schema/reject.schema.json',
      'schema/run.schema.json',
      'tagmanifest-sha256.txt',
    ])
    const check = (manifest: string): string[] =>
      execFileSync('sha256sum', ['-c', manifest], { cwd: result.path, encoding: 'utf8' }).trim().split('\n')
    expect(check('manifest-sha256.txt')).toHaveLength(9)
    expect(check('tagmanifest-sha256.txt')).toHaveLength(15)
    for (const manifest of ['manifest-sha256.txt', 'tagmanifest-sha256.txt']) {
      const paths = linesOf(join(result.path, manifest)).map((line) => line.slice(66))
      expect(paths).toEqual([...paths].sort())
    }
    const identity = createHash('sha256')
      .update(readFileSync(join(result.path, 'tagmanifest-sha256.txt')))
      .digest('hex')
    expect(result).toMatchObject({
      tagManifestSha256: identity,
      verdict: 'counted',
      path: expect.stringMatching(`${name}$`),
    })
    expect(result.bytes).toBe(
      filesBelow(result.path).reduce((sum, path) => sum + readFileSync(join(result.path, path)).length, 0),
    )
  })

  test('bagit.txt and bag-info.txt have the fields of the format', async () => {
    const result = await writeArchive(temporaryFolder(), sampleSource(2))
    expect(linesOf(join(result.path, 'bagit.txt'))).toEqual([
      'BagIt-Version: 1.0',
      'Tag-File-Character-Encoding: UTF-8',
    ])
    const bagInfo = linesOf(join(result.path, 'bag-info.txt'))
    expect(bagInfo).toEqual(
      expect.arrayContaining([
        'Source-Organization: acme',
        'Bagging-Date: 2026-11-02',
        `External-Identifier: ${name}`,
        `Payload-Oxum: ${result.payloadOxum}`,
        'Bag-Group-Identifier: acme',
        `Archive-Period: ${window.from} ${window.to}`,
        'Archive-Mode: plain',
        'Archive-Format-Version: 1',
      ]),
    )
    for (const line of bagInfo) expect(line.length).toBeLessThanOrEqual(79)
    const data = filesBelow(join(result.path, 'data'))
    const bytes = data.reduce((sum, path) => sum + readFileSync(join(result.path, 'data', path)).length, 0)
    expect(result.payloadOxum).toBe(`${bytes}.${data.length}`)
  })

  test('each record points at its line by bytes that a shell can check, and its leaf by the tree', async () => {
    const result = await writeArchive(temporaryFolder(), sampleSource(5))
    const records = linesOf(join(result.path, 'integrity/records.jsonl'))
    const leaves = linesOf(join(result.path, 'integrity/leaves.txt'))
    const shell = (script: string): string =>
      execFileSync('sh', ['-c', script], { cwd: result.path, encoding: 'utf8' }).slice(0, 64)
    const tree = new MerkleTree()
    for (const [index, text] of records.entries()) {
      const record = JSON.parse(text)
      expect(record).toMatchObject({ index, path: 'data/conversations/part-00001.jsonl', line: index + 1 })
      expect(shell(`sed -n ${record.line}p ${record.path} | sha256sum`)).toBe(record.sha256)
      expect(shell(`(printf '\\0'; sed -n ${index + 1}p integrity/records.jsonl) | sha256sum`)).toBe(leaves[index])
      tree.add(leafHash(`${text}\n`))
    }
    expect(result.recordsRoot).toBe(tree.root())
  })

  test('salts differ between conversations, windows and keys, and a rerun has the same', async () => {
    const saltsOf = async (changes: object): Promise<string[]> => {
      const { path } = await writeArchive(temporaryFolder(), sampleSource(3), changes)
      return linesOf(join(path, 'data/conversations/part-00001.jsonl')).map((line) => JSON.parse(line).salt)
    }
    const salts = await saltsOf({})
    expect(await saltsOf({ run: { runId: 'other', tool: 't', startedAt: window.from } })).toEqual(salts)
    const others = [
      ...(await saltsOf({ key: Buffer.alloc(32, 7) })),
      ...(await saltsOf({ window: { ...window, to: '2026-11-01T00:00:00.001Z' } })),
    ]
    expect(new Set([...salts, ...others]).size).toBe(9)
    for (const salt of salts) expect(Buffer.from(salt, 'base64url')).toHaveLength(32)
  })

  test('every JSON file holds its own schema', async () => {
    const redaction: Redaction = {
      entryId: null,
      field: 'text',
      type: 'EMAIL',
      detector: 'pattern',
      action: 'mask',
      start: 0,
      length: 9,
    }
    const conversations = [
      sampleConversation(1, { redactions: [redaction] }),
      sampleConversation(2, { entries: [], participants: [], sessions: [], startTime: null }),
      sampleConversation(3, {
        entries: [
          sampleEntry('a', window.from, 'agent', {
            content: { type: 'links', links: [{ title: null, url: 'x' }] },
            payload: 'text',
          }),
        ],
      }),
    ]
    const within = { type: 'Conversation', id: conversations[0]?.identifier ?? null }
    const batch = batchOf(conversations, {
      rejects: [rejectOf(), rejectOf({ subject: { type: 'ConversationEntry', id: null }, within })],
    })
    const result = await writeArchive(temporaryFolder(), sourceOf(batch), { mode: 'redacted' })
    const ajv = new Ajv2020({ strict: true, allErrors: true })
    const checkWith = (schema: string) =>
      ajv.compile(JSON.parse(readFileSync(join(result.path, `schema/${schema}.schema.json`), 'utf8')))
    for (const [schema, file, lines] of [
      ['conversation', 'data/conversations/part-00001.jsonl', 3],
      ['record', 'integrity/records.jsonl', 3],
      ['reject', 'data/reports/rejects.jsonl', 2],
      ['redaction', 'data/reports/redactions.jsonl', 1],
    ] as const) {
      const check = checkWith(schema)
      const documents = linesOf(join(result.path, file)).map((line) => JSON.parse(line))
      expect(documents).toHaveLength(lines)
      for (const document of documents) {
        expect(check(document), JSON.stringify(check.errors)).toBe(true)
        // The schema can fail: no key may be there that it does not know.
        expect(check({ ...document, surprise: 1 })).toBe(false)
      }
    }
    expect(checkWith('run')(JSON.parse(readFileSync(join(result.path, 'run.json'), 'utf8')))).toBe(true)
  })

  test('the facts of the run stand in run.json, and nowhere in the payload', async () => {
    const facts = {
      runId: 'run-fact-1',
      tool: 'test/9',
      startedAt: window.to,
      asked: { from: 'x', 'a"b': null },
      policyDigest: 'p',
    }
    const result = await writeArchive(temporaryFolder(), sampleSource(2), { run: facts })
    expect(JSON.parse(readFileSync(join(result.path, 'run.json'), 'utf8'))).toMatchObject({
      run: facts,
      verdict: 'counted',
    })
    for (const path of filesBelow(join(result.path, 'data'))) {
      expect(readFileSync(join(result.path, 'data', path), 'utf8')).not.toContain('run-fact-1')
    }
  })

  test('without csv there are no tables, and the README does not speak of them', async () => {
    const result = await writeArchive(temporaryFolder(), sampleSource(1), { formats: ['jsonl'] })
    expect(existsSync(join(result.path, 'data/csv'))).toBe(false)
    expect(readFileSync(join(result.path, 'README.txt'), 'utf8')).not.toContain('csv/')
  })

  test('text in any script comes back by other tools', async () => {
    const text = 'Grüße, שלום, 你好, 😀 \u202E \u0085\u2028 \uD83D "quoted", =SUM(A1)\r\nsecond line'
    const at = window.from
    const conversation = sampleConversation(1, { entries: [sampleEntry('a', at, 'agent', { text })] })
    const result = await writeArchive(temporaryFolder(), sourceOf(batchOf([conversation])), { csvBom: true })
    const script = `
import json, csv, sys
line = open('data/conversations/part-00001.jsonl', encoding='utf-8', newline='\\n').read()
assert line.count('\\n') == 1 and len(line.splitlines()) == 1
rows = list(csv.reader(open('data/csv/entries.csv', encoding='utf-8-sig', newline=''), strict=True))
print(json.dumps([json.loads(line)['entries'][0]['text'], rows[1][rows[0].index('text')]]))`
    const read = execFileSync('python3', ['-c', script], { cwd: result.path, encoding: 'utf8' })
    // CSV is UTF-8, which has no lone surrogates; the master keeps them.
    expect(JSON.parse(read)).toEqual([text, text.toWellFormed()])
  })
})

describe('determinism', () => {
  test('the same conversations make the same payload, whenever, by whom and in whatever batches', async () => {
    const payloadOf = async (batchSize: number, changes: object): Promise<string> => {
      const { path } = await writeArchive(temporaryFolder(), sampleSource(50, batchSize), changes)
      return readFileSync(join(path, 'manifest-sha256.txt'), 'utf8')
    }
    const later = { now: () => Date.parse('2031-01-01T00:00:00Z'), sleep: () => Promise.reject(new Error('no')) }
    const first = await payloadOf(7, {})
    expect(await payloadOf(50, { clock: later, run: { runId: 'r2', tool: 'x', startedAt: window.to } })).toBe(first)
    expect(await payloadOf(1, {})).toBe(first)
  })

  test('how many requests it took leaves no trace in the payload', async () => {
    const manifest = async (requests: number): Promise<string> => {
      const delivered = {
        source: 'connect',
        entries: 2,
        entriesInWindow: 2,
        agentMessages: 1,
        endUserMessages: 1,
        requests,
      } as const
      const { path } = await writeArchive(temporaryFolder(), sourceOf(batchOf([sampleConversation(1, { delivered })])))
      return readFileSync(join(path, 'manifest-sha256.txt'), 'utf8')
    }
    expect(await manifest(1)).toBe(await manifest(2))
  })
})

describe('parts', () => {
  const partsOf = async (partBytes: number): Promise<number[]> => {
    const { path } = await writeArchive(temporaryFolder(), sampleSource(4), { partBytes })
    const folder = join(path, 'data/conversations')
    expect((await verify(path)).findings).toEqual([])
    return readdirSync(folder)
      .sort()
      .map((part) => linesOf(join(folder, part)).length)
  }

  test('a part is cut where the next line would go over the limit', async () => {
    const { path } = await writeArchive(temporaryFolder(), sampleSource(4))
    const size = readFileSync(join(path, 'data/conversations/part-00001.jsonl')).length / 4
    expect(Number.isInteger(size)).toBe(true)
    expect(await partsOf(2 * size - 1)).toEqual([1, 1, 1, 1])
    expect(await partsOf(2 * size)).toEqual([2, 2])
    expect(await partsOf(2 * size + 1)).toEqual([2, 2])
    expect(await partsOf(3 * size)).toEqual([3, 1])
    expect(await partsOf(4 * size)).toEqual([4])
  })

  test('a line over the limit gets a part of its own', async () => {
    expect(await partsOf(1)).toEqual([1, 1, 1, 1])
  })
})

test('10,000 small conversations make a valid archive', async () => {
  const result = await writeArchive(temporaryFolder(), sampleSource(10_000, 500), { container: 'zip' })
  expect(result.counts).toMatchObject({ conversations: 10_000, entries: 20_000 })
  expect(await verify(result.path)).toMatchObject({
    verdict: 'valid',
    conversations: 10_000,
    recordsRoot: result.recordsRoot,
  })
})

test('a manifest is sorted by bytes, not by the taste of a locale', () => {
  const digest = { bytes: 0, sha256: '0'.repeat(64) }
  const files = new Map(['data/b', 'data/B', 'data/a-b', 'data/a/b', 'data/_'].map((path) => [path, digest]))
  const paths = encodeManifest(files)
    .split('\n')
    .slice(0, -1)
    .map((line) => line.slice(66))
  expect(paths).toEqual([...paths].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))))
})

test('the key is nowhere in the archive', async () => {
  const { path } = await writeArchive(temporaryFolder(), sampleSource(2))
  for (const file of filesBelow(path)) {
    const content = readFileSync(join(path, file))
    expect(content.includes(key)).toBe(false)
    expect(content.includes(Buffer.from(key).toString('base64url'))).toBe(false)
  }
})
