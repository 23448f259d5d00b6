import fc from 'fast-check'
import { expect, test } from 'vitest'
import { encodeCheckpoint, parseCheckpoint, parseRecordsOrigin, recordsOrigin } from './checkpoint.ts'
import { inclusionProof } from './inclusion-proof.ts'
import { leafHash, MerkleTree } from './merkle-tree.ts'
import { signNote } from './signed-note.ts'
import { testSigner } from './testing/keys.ts'
import { sampleSeal } from './testing/seals.ts'
import { encodeTlogProof, parseTlogProof, verifyTlogProof } from './tlog-proof.ts'

const signer = testSigner(1)
const key = { name: 'example.com/acme', publicKey: signer.publicKey }
const origin = recordsOrigin(sampleSeal())
const leaves = Array.from({ length: 21 }, (_, index) => leafHash(`record ${index}\n`))
const tree = new MerkleTree()
for (const leaf of leaves) tree.add(leaf)
const checkpoint = await signNote(encodeCheckpoint({ origin, size: tree.size, root: tree.root() }), key.name, signer)
const index = 13
const leaf = leaves[index] as Buffer
const text = encodeTlogProof({ index, proof: inclusionProof(leaves, index), checkpoint })

test('the form is that of the specification', () => {
  const lines = text.split('\n')
  expect(lines.slice(0, 2)).toEqual(['c2sp.org/tlog-proof@v1', 'index 13'])
  expect(lines.slice(2, 7).every((line) => /^[A-Za-z0-9+/]{43}=$/.test(line))).toBe(true)
  expect(lines.slice(7, 11)).toEqual(['', origin, '21', Buffer.from(tree.root(), 'hex').toString('base64')])
  expect(text.endsWith(checkpoint)).toBe(true)
})

test('what was proven verifies; another leaf, another key, another name do not', () => {
  const proof = parseTlogProof(Buffer.from(text))
  if (proof === null) throw new Error('not a proof')
  expect(proof.tree).toEqual({ origin, size: 21, root: tree.root() })
  expect(verifyTlogProof(proof, leaf, key)).toBe(true)
  expect(verifyTlogProof(proof, leaves[12] as Buffer, key)).toBe(false)
  expect(verifyTlogProof(proof, leaf, { ...key, publicKey: testSigner(2).publicKey })).toBe(false)
  expect(verifyTlogProof(proof, leaf, { ...key, name: 'example.com/other' })).toBe(false)
  expect(verifyTlogProof({ ...proof, index: 12 }, leaf, key)).toBe(false)
})

test('no flipped, lost or added byte leaves it verified, and what is read is written again', () => {
  const bytes = Buffer.from(text)
  const check = (changed: Buffer): void => {
    const proof = parseTlogProof(changed)
    if (proof === null) return
    expect(encodeTlogProof(proof)).toBe(changed.toString())
    expect(verifyTlogProof(proof, leaf, key)).toBe(false)
  }
  for (let at = 0; at <= bytes.length; at++) {
    const [head, tail] = [bytes.subarray(0, at), bytes.subarray(at)]
    for (const added of [10, 32, 48, 65]) check(Buffer.concat([head, Buffer.of(added), tail]))
    if (at === bytes.length) continue
    check(Buffer.concat([head, tail.subarray(1)]))
    for (const flip of [1, 4, 128]) check(Buffer.concat([head, Buffer.of((bytes[at] ?? 0) ^ flip), tail.subarray(1)]))
  }
})

test('extra data comes back, and proves nothing', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 100 }), (extra) => {
      const proof = parseTlogProof(encodeTlogProof({ index, proof: inclusionProof(leaves, index), checkpoint, extra }))
      expect(Buffer.from(proof?.extra ?? []).equals(extra)).toBe(true)
      expect(proof && verifyTlogProof(proof, leaf, key)).toBe(true)
    }),
  )
})

test.each([
  ['nothing', ''],
  ['another version', text.replace('@v1', '@v2')],
  ['no index', text.replace('index 13\n', '')],
  ['an index with a leading zero', text.replace('index 13', 'index 013')],
  ['an index that is none', text.replace('index 13', 'index -1')],
  ['an index outside the tree', text.replace('index 13', 'index 21')],
  ['empty extra data', text.replace('index', 'extra \nindex')],
  ['extra data twice', text.replace('index', 'extra AAAA\nextra AAAA\nindex')],
  ['extra data after the index', text.replace('index 13', 'index 13\nextra AAAA')],
  ['a hash too short', text.replace(/\n[A-Za-z0-9+/]{43}=/, '\nAAAA')],
  ['54 hashes', text.replace(/\n([A-Za-z0-9+/]{43}=)/, '\n$1'.repeat(50))],
  ['no checkpoint', text.slice(0, text.indexOf('\n\n') + 2)],
  ['an unsigned checkpoint', text.slice(0, text.lastIndexOf('\n\n') + 1)],
  ['a note that is no checkpoint', text.replace('\n21\n', '\ntwenty-one\n')],
])('refused: %s', (_, changed) => {
  expect(changed).not.toBe(text)
  expect(parseTlogProof(changed)).toBeNull()
})

test('a proof that cannot be read is not written', () => {
  const wrong = expect.objectContaining({ code: 'TLOG_PROOF_FIELD' })
  expect(() => encodeTlogProof({ index: 21, proof: [], checkpoint })).toThrow(wrong)
  expect(() => encodeTlogProof({ index, proof: [Buffer.alloc(31)], checkpoint })).toThrow(wrong)
  expect(() => encodeTlogProof({ index, proof: [], checkpoint: 'none' })).toThrow(wrong)
  expect(() => encodeTlogProof({ index, proof: [], checkpoint, extra: Buffer.alloc(0) })).toThrow(wrong)
})

test('a checkpoint comes back, with extensions too', () => {
  const root = tree.root()
  for (const point of [
    { origin, size: 0, root },
    { origin: 'any words', size: 2 ** 53 - 1, root, extensions: ['a', 'b c'] },
  ]) {
    expect(parseCheckpoint(encodeCheckpoint(point))).toEqual(point)
  }
  const body = encodeCheckpoint({ origin, size: 21, root })
  const wrong = [
    body.slice(0, -1),
    `${body}\n`,
    body.replace('\n21', '\n021'),
    body.replace('=', ''),
    `\n${body}`,
    '',
    'a\n1\n',
  ]
  for (const changed of wrong) expect(parseCheckpoint(changed)).toBeNull()
  for (const change of [
    { origin: '' },
    { origin: 'a\nb' },
    { size: -1 },
    { size: 1.5 },
    { root: 'A1'.repeat(32) },
    { extensions: [''] },
  ]) {
    expect(() => encodeCheckpoint({ origin, size: 1, root, ...change })).toThrow(
      expect.objectContaining({ code: 'CHECKPOINT_FIELD' }),
    )
  }
})

test('the origin of a record tree is taken apart into what it was joined from', () => {
  expect(parseRecordsOrigin(origin)).toEqual({ origin: 'example.com/acme', archiveId: 'acme-2026-10-01--2026-11-01' })
  for (const wrong of ['', '/', 'a', 'a/', '/b', 'a b/c', 'a/.c']) expect(parseRecordsOrigin(wrong)).toBeNull()
})
