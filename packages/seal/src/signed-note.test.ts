import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { encodeNote, noteSignature, parseNote, sign, signNote, verifyNote } from './signed-note.ts'
import { testSigner } from './testing/keys.ts'
import { encodeVerifierKey, parseVerifierKey } from './verifier-key.ts'

const alice = testSigner(1)
const bob = testSigner(2)
const name = 'example.com/acme'
const key = { name, publicKey: alice.publicKey }
const note = await signNote('first line\n\nlast line\n', name, alice)

/** Text of a note: any characters but control characters, and a line feed at the end. */
const noteText = fc
  .array(
    fc.string({
      unit: fc.oneof(
        fc.constantFrom('—', ' ', '+', '😀', '\u0085', '\u007f', '\ufeff'),
        fc.string({ minLength: 1, maxLength: 1 }),
      ),
    }),
  )
  .map((lines) => lines.map((line) => `${line.replace(/\p{Cc}/gu, '')}\n`).join('') || '\n')
const keyName = fc
  .string({ minLength: 1, maxLength: 20, unit: 'binary' })
  .filter((text) => !/[\p{White_Space}\p{Cc}\p{Cs}+]/u.test(text))
const signatureLine = fc.record({
  name: keyName,
  keyId: fc.uint8Array({ minLength: 4, maxLength: 4 }),
  signature: fc.uint8Array({ minLength: 1, maxLength: 80 }),
})

test('the example of the specification is a note', () => {
  // https://c2sp.org/signed-note
  const example =
    'Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned è subito sera.\n\n' +
    '— quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=\n'
  const parsed = parseNote(Buffer.from(example))
  expect(parsed?.text).toBe(
    'Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned è subito sera.\n',
  )
  expect(parsed?.signatures).toMatchObject([{ name: 'quasimodo.example/salvatore' }])
  expect(Buffer.from(parsed?.signatures[0]?.keyId ?? []).toString('hex')).toBe('367ba04b')
  expect(parsed && encodeNote(parsed.text, parsed.signatures)).toBe(example)
})

test('the key and note of the Go implementation verify', () => {
  // golang.org/x/mod/sumdb/note, its example test.
  const peter = parseVerifierKey('PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW')
  const parsed = parseNote(
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n" +
      '— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n',
  )
  expect(peter && parsed && verifyNote(parsed, peter)).toBe(true)
})

test('any text and signatures come back as they were', () => {
  fc.assert(
    fc.property(noteText, fc.array(signatureLine, { minLength: 1, maxLength: 16 }), (text, signatures) => {
      const encoded = encodeNote(text, signatures)
      const parsed = parseNote(Buffer.from(encoded))
      expect(parsed?.text).toBe(text)
      expect(
        parsed?.signatures.map((line) => ({ name: line.name, keyId: [...line.keyId], signature: [...line.signature] })),
      ).toEqual(signatures.map((line) => ({ name: line.name, keyId: [...line.keyId], signature: [...line.signature] })))
    }),
  )
})

test('whatever is read is written again byte for byte, or refused', () => {
  const bytes = Buffer.from(note)
  fc.assert(
    fc.property(fc.nat(bytes.length), fc.nat(2), fc.uint8Array({ maxLength: 3 }), (at, removed, inserted) => {
      const changed = Buffer.concat([bytes.subarray(0, at), inserted, bytes.subarray(at + removed)])
      const parsed = parseNote(changed)
      if (parsed !== null) expect(Buffer.from(encodeNote(parsed.text, parsed.signatures)).equals(changed)).toBe(true)
    }),
    { numRuns: 3000 },
  )
})

test('no change of one byte, no lost and no added byte leaves a note verified', () => {
  const bytes = Buffer.from(note)
  const verifies = (changed: Buffer): boolean => {
    const parsed = parseNote(changed)
    return parsed !== null && verifyNote(parsed, key)
  }
  expect(verifies(bytes)).toBe(true)
  for (let at = 0; at <= bytes.length; at++) {
    const [head, tail] = [bytes.subarray(0, at), bytes.subarray(at)]
    for (const added of [0, 10, 32, 65, 255])
      expect(verifies(Buffer.concat([head, Buffer.of(added), tail]))).toBe(false)
    if (at === bytes.length) continue
    expect(verifies(Buffer.concat([head, tail.subarray(1)]))).toBe(false)
    for (const flip of [1, 2, 32, 128]) {
      const flipped = Buffer.from(bytes)
      flipped[at] = (flipped[at] ?? 0) ^ flip
      expect(verifies(flipped)).toBe(false)
    }
  }
})

describe('refused:', () => {
  const line = note.slice(note.lastIndexOf('\n\n') + 2)
  const base64 = line.split(' ')[2]?.trim() ?? ''
  test.each([
    ['nothing', ''],
    ['no signature', 'text\n'],
    ['no signature after the empty line', 'text\n\n'],
    ['no empty line', `text\n${line}`],
    ['no line feed at the end', `text\n\n${line.slice(0, -1)}`],
    ['something after the signatures', `text\n\n${line}more\n`],
    ['an empty line after the signatures', `text\n\n${line}\n`],
    ['no text', `\n${line}`],
    ['a carriage return', `text\r\n\n${line}`],
    ['a tab', `te\txt\n\n${line}`],
    ['a zero', `te\0xt\n\n${line}`],
    ['a hyphen for the dash', `text\n\n${line.replace('—', '-')}`],
    ['two spaces', `text\n\n${line.replace(' ', '  ')}`],
    ['a space at the end', `text\n\n${line.replace('\n', ' \n')}`],
    ['no name', `text\n\n—  ${base64}\n`],
    ['a plus in the name', `text\n\n— a+b ${base64}\n`],
    ['a space of another script in the name', `text\n\n— a\u2003b ${base64}\n`],
    ['no signature bytes', 'text\n\n— name AAAAAA==\n'],
    ['base64 without padding', `text\n\n— name ${base64.replace(/=+$/, '')}\n`],
    ['base64 for URLs', 'text\n\n— name AAAAAP__\n'],
    ['base64 with stray bits', 'text\n\n— name AAAAAAB=\n'],
    ['17 signatures', `text\n\n${line.repeat(17)}`],
    ['more than a mebibyte', `${'x'.repeat(1024 * 1024)}\n\n${line}`],
  ])('%s', (_, content) => {
    expect(parseNote(content)).toBeNull()
    expect(parseNote(Buffer.from(content))).toBeNull()
  })
  test('bytes that are not UTF-8', () => {
    expect(parseNote(Buffer.concat([Buffer.of(0xc3), Buffer.from(note)]))).toBeNull()
    expect(parseNote(`\ud800${note}`)).toBeNull()
  })
})

test('a byte order mark belongs to the text', () => {
  expect(parseNote(Buffer.from(`\ufeff${note}`))?.text.startsWith('\ufeff')).toBe(true)
})

test('16 signatures are read, and a limit that is asked for', () => {
  const line = note.slice(note.lastIndexOf('\n\n') + 2)
  expect(parseNote(`text\n\n${line.repeat(16)}`)?.signatures).toHaveLength(16)
  expect(parseNote(note, { maxBytes: note.length })).not.toBeNull()
  expect(parseNote(note, { maxBytes: note.length - 1 })).toBeNull()
})

describe('who signed', () => {
  test('several keys, each for itself', async () => {
    const both = parseNote(await signNote('text\n', name, alice, bob))
    expect(both?.signatures).toHaveLength(2)
    for (const { publicKey } of [alice, bob]) expect(both && verifyNote(both, { name, publicKey })).toBe(true)
  })
  test('not somebody else, not the same key under another name', async () => {
    const parsed = parseNote(note)
    expect(parsed && verifyNote(parsed, { name, publicKey: bob.publicKey })).toBe(false)
    expect(parsed && verifyNote(parsed, { name: 'example.com/other', publicKey: alice.publicKey })).toBe(false)
  })
  test('lines of unknown keys are kept and do not matter', () => {
    const parsed = parseNote(note)
    const unknown = { name, keyId: Buffer.of(1, 2, 3, 4), signature: Buffer.alloc(2420, 7) }
    const more =
      parsed &&
      encodeNote(parsed.text, [
        unknown,
        ...parsed.signatures,
        noteSignature({ name, publicKey: bob.publicKey }, Buffer.of(1)),
      ])
    const again = parseNote(more ?? '')
    expect(again?.signatures).toHaveLength(3)
    expect(again && verifyNote(again, key)).toBe(true)
  })
  test('a line that claims to be of a known key and is not spoils the note, wherever it stands', () => {
    const parsed = parseNote(note)
    const forged = noteSignature(key, Buffer.alloc(64, 9))
    const lines = parsed?.signatures ?? []
    for (const signatures of [[forged, ...lines], [...lines, forged], [forged]]) {
      const spoilt = parseNote(encodeNote(parsed?.text ?? '', signatures))
      expect(spoilt && verifyNote(spoilt, key)).toBe(false)
    }
  })
})

test('what cannot stand in a note is not written', () => {
  const signature = Buffer.alloc(64)
  for (const text of ['', 'no end', 'a\tb\n', 'a\r\n', '\ud800\n']) {
    expect(() => encodeNote(text, [{ ...key, signature }])).toThrow(expect.objectContaining({ code: 'NOTE_TEXT' }))
  }
  const wrong = [
    [],
    Array.from({ length: 17 }, () => ({ ...key, signature })),
    [{ ...key, signature: Buffer.alloc(0) }],
    ...['', 'a b', 'a+b', 'a\nb'].map((bad) => [{ ...key, name: bad, signature }]),
  ]
  for (const signatures of wrong) {
    expect(() => encodeNote('text\n', signatures)).toThrow(expect.objectContaining({ code: 'NOTE_SIGNATURES' }))
  }
})

test('a signer that signs with another key than it names is found out at once', async () => {
  const liar = { publicKey: alice.publicKey, sign: bob.sign }
  await expect(sign(liar, Buffer.from('x'))).rejects.toMatchObject({ code: 'SIGNATURE_WRONG' })
  await expect(signNote('x\n', name, liar)).rejects.toMatchObject({ code: 'SIGNATURE_WRONG' })
  const short = { publicKey: alice.publicKey, sign: async () => Buffer.alloc(63) }
  await expect(sign(short, Buffer.from('x'))).rejects.toMatchObject({ code: 'SIGNATURE_WRONG' })
})

test('a verifier key comes back, and one of which a character was changed does not', () => {
  const text = encodeVerifierKey(key)
  expect(text).toMatch(/^example\.com\/acme\+[0-9a-f]{8}\+[A-Za-z0-9+/]{44}$/)
  expect(parseVerifierKey(text)).toEqual(key)
  for (let at = 0; at < text.length; at++) {
    for (const replacement of ['', 'Q', '+', text[at] === 'x' ? 'y' : 'x']) {
      const changed = text.slice(0, at) + replacement + text.slice(at + 1)
      if (changed !== text) expect(parseVerifierKey(changed)).toBeNull()
    }
  }
})
