import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Conversation } from '@custody/model'
import type { Batch } from '@custody/pipeline'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  createFileVault,
  defaultPolicy,
  type FileVaultOptions,
  type LookUp,
  type Policy,
  redact,
  type Vault,
} from './index.ts'
import { aConversation, anEntry } from './testing/conversations.ts'

const key = new Uint8Array(32).fill(9)
const policy: Policy = { ...defaultPolicy, vault: 'file' }
const asked = { actor: 'officer', reason: 'case 7' }
const found = { type: 'EMAIL', value: 'ada@example.org', text: 'Ada@example.org' }
let directory: string
let file: string
let lookUps: LookUp[]

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'vault-'))
  file = join(directory, 'vault.jsonl')
  lookUps = []
})
afterEach(() => rmSync(directory, { recursive: true }))

const open = (more: Partial<FileVaultOptions> = {}): Promise<Vault> =>
  createFileVault({ file, key, onLookUp: (lookUp) => void lookUps.push(lookUp), ...more })

test('what stands behind pseudonyms of a run is found again, by whoever has the key, and every look-up is told', async () => {
  const vault = await open()
  const conversation = aConversation({ entries: [anEntry('Ada@example.org, ada@example.org, +4915112345679')] })
  async function* source(): AsyncGenerator<Batch<Conversation>> {
    yield { records: [conversation], rejects: [] }
  }
  let text = ''
  for await (const { records } of redact({ policy, key: new Uint8Array(32), vault })(source()))
    text = records[0]?.entries[0]?.text ?? ''
  await vault.close()
  const [first = '', second = '', phone = ''] = text.split(', ')
  expect(first).toBe(second)
  const written = readFileSync(file, 'utf8')
  expect(written).not.toMatch(/example|4915/i)
  expect(written.split('\n').filter((line) => line.includes(first))).toHaveLength(1)
  expect(statSync(file).mode & 0o777).toBe(0o600)

  const again = await open()
  expect(await again.lookUp(first, asked)).toEqual({ type: 'EMAIL', text: 'Ada@example.org' })
  expect(await again.lookUp(phone, asked)).toEqual({ type: 'PHONE', text: '+4915112345679' })
  expect(await again.lookUp('[EMAIL:k1:000000000000]', asked)).toBeNull()
  expect(lookUps.map(({ found: isFound, actor }) => [isFound, actor])).toEqual([
    [true, 'officer'],
    [true, 'officer'],
    [false, 'officer'],
  ])
  await again.close()
})

test('no answer where the look-up cannot be told', async () => {
  const failure = new Error('the audit log is full')
  const vault = await open({ onLookUp: () => Promise.reject(failure) })
  vault.put('[EMAIL:k1:000000000001]', found)
  await expect(vault.lookUp('[EMAIL:k1:000000000001]', asked)).rejects.toBe(failure)
  await vault.close()
})

test('goes on behind a line that a killed run left torn', async () => {
  const vault = await open()
  vault.put('a', found)
  await vault.close()
  appendFileSync(file, '{"p":"b","iv":"to')
  const next = await open()
  next.put('b', found)
  expect(await next.lookUp('b', asked)).toEqual({ type: 'EMAIL', text: found.text })
  expect(await next.lookUp('a', asked)).toEqual({ type: 'EMAIL', text: found.text })
  await next.close()
})

test('a line that was altered, or put under another pseudonym, does not open', async () => {
  const vault = await open()
  vault.put('aa', found)
  await vault.close()
  writeFileSync(file, readFileSync(file, 'utf8').replace('{"p":"aa"', '{"p":"bb"'))
  const altered = await open()
  await expect(altered.lookUp('bb', asked)).rejects.toMatchObject({ code: 'VAULT_DAMAGED' })
  expect(lookUps).toHaveLength(1)
  await altered.close()
})

test('another key, a short key, another file are refused', async () => {
  await (await open()).close()
  await expect(open({ key: new Uint8Array(32) })).rejects.toMatchObject({ code: 'VAULT_KEY', kind: 'usage' })
  await expect(open({ key: new Uint8Array(31) })).rejects.toMatchObject({ code: 'VAULT_KEY', kind: 'usage' })
  for (const content of ['hello\n', '{}', '{"vault":"custody-vault","v":2,"salt":""}\n']) {
    writeFileSync(file, content)
    await expect(open()).rejects.toMatchObject({ code: 'VAULT_FILE' })
  }
})

test('only where the policy asks for it, and then always', async () => {
  const vault = await open()
  expect(() => redact({ policy, key })).toThrow(expect.objectContaining({ code: 'REDACT_VAULT' }))
  expect(() => redact({ policy: defaultPolicy, key, vault })).toThrow(expect.objectContaining({ code: 'REDACT_VAULT' }))
  await vault.close()
})

test('many values, over chunks of the file', async () => {
  const vault = await open()
  for (let n = 0; n < 1500; n++) vault.put(`p${n}`, { ...found, text: `ä${n}` })
  for (const n of [0, 700, 1499]) expect(await vault.lookUp(`p${n}`, asked)).toEqual({ type: 'EMAIL', text: `ä${n}` })
  await vault.close()
})
