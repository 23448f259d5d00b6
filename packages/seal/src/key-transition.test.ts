import { expect, test } from 'vitest'
import {
  encodeTransition,
  keysReachedFrom,
  makeTransition,
  newKeySigned,
  parseTransitions,
  signedBy,
  TRANSITION_KEY_NAME,
} from './key-transition.ts'
import { publicKeyFingerprint } from './public-key.ts'
import { encodeNote, parseNote, signNote } from './signed-note.ts'
import { testSigner } from './testing/keys.ts'

const [a, b, c, d] = [1, 2, 3, 4].map(testSigner) as [
  ReturnType<typeof testSigner>,
  ReturnType<typeof testSigner>,
  ReturnType<typeof testSigner>,
  ReturnType<typeof testSigner>,
]
const created = '2027-01-01T00:00:00.000Z'
const ab = await makeTransition({ from: a, to: b, created })
const bc = await makeTransition({ from: b, to: c, created })
const keys = (...signers: readonly { readonly publicKey: Uint8Array }[]): Uint8Array[] =>
  signers.map(({ publicKey }) => publicKey)

test('the text is the one of the format', () => {
  const hex = (signer: typeof a): string => publicKeyFingerprint(signer.publicKey).slice('sha256:'.length)
  expect(parseNote(ab)?.text).toBe(
    `custody-key-transition/v1\nfrom ${hex(a)}\nto ${hex(b)}\nto-key ${Buffer.from(b.publicKey).toString('base64')}\ncreated ${created}\n`,
  )
})

test('a row of transitions comes back, oldest first', () => {
  const row = parseTransitions(ab + bc)
  expect(row?.map(({ to }) => to)).toEqual([b, c].map(({ publicKey }) => publicKeyFingerprint(publicKey)))
  expect(row?.map(({ note }) => encodeNote(note.text, note.signatures)).join('')).toBe(ab + bc)
  expect(row?.every((transition) => newKeySigned(transition))).toBe(true)
  expect(row?.map((transition) => [a, b, c].map(({ publicKey }) => signedBy(transition, publicKey)))).toEqual([
    [true, true, false],
    [false, true, true],
  ])
})

test('trust is handed on from key to key, forwards only', () => {
  const row = parseTransitions(ab + bc) ?? []
  expect(keysReachedFrom(keys(a), row)).toEqual(keys(a, b, c))
  expect(keysReachedFrom(keys(b), row)).toEqual(keys(b, c))
  expect(keysReachedFrom(keys(c), row)).toEqual(keys(c))
  expect(keysReachedFrom(keys(d), row)).toEqual(keys(d))
  expect(keysReachedFrom([], row)).toEqual([])
})

test('a transition that only one of the keys signed hands nothing on', async () => {
  const text = parseNote(ab)?.text ?? ''
  for (const signers of [
    [a, a],
    [b, b],
    [a, d],
    [d, b],
  ] as const) {
    const row = parseTransitions(await signNote(text, TRANSITION_KEY_NAME, ...signers)) ?? []
    expect(row).toHaveLength(1)
    expect(keysReachedFrom(keys(a), row)).toEqual(keys(a))
  }
  const otherName = parseTransitions(await signNote(text, 'other', a, b)) ?? []
  expect(keysReachedFrom(keys(a), otherName)).toEqual(keys(a))
})

test('a key handed over to by a forged note is not reached, whatever follows', async () => {
  const forged = await makeTransition({ from: { publicKey: a.publicKey, sign: a.sign }, to: b, created })
  const row = parseTransitions(forged.replace(/(— custody-key .)./, '$1A') + bc)
  expect(row === null || keysReachedFrom(keys(a), row).length === 1).toBe(true)
})

test('no flipped, lost or added byte leaves the new key reached', () => {
  const bytes = Buffer.from(ab)
  const isReached = (changed: Buffer): boolean => keysReachedFrom(keys(a), parseTransitions(changed) ?? []).length > 1
  expect(isReached(bytes)).toBe(true)
  for (let at = 0; at <= bytes.length; at++) {
    const [head, tail] = [bytes.subarray(0, at), bytes.subarray(at)]
    for (const added of [10, 32, 65]) expect(isReached(Buffer.concat([head, Buffer.of(added), tail]))).toBe(false)
    if (at === bytes.length) continue
    expect(isReached(Buffer.concat([head, tail.subarray(1)]))).toBe(false)
    for (const flip of [1, 2, 128]) {
      expect(isReached(Buffer.concat([head, Buffer.of((bytes[at] ?? 0) ^ flip), tail.subarray(1)]))).toBe(false)
    }
  }
})

const body = parseNote(ab)?.text ?? ''
test.each<[string, string]>([
  ['nothing', ''],
  ['something before', `\n${ab}`],
  ['something after', `${ab}\n`],
  ['a broken row', bc + ab],
  ['one twice', ab + ab],
  ['a row with a hole', ab + (await makeTransition({ from: c, to: d, created }))],
  ['one signature', await signNote(body, TRANSITION_KEY_NAME, a)],
  ['three signatures', await signNote(body, TRANSITION_KEY_NAME, a, b, c)],
  [
    'another key than is named',
    await signNote(
      body.replace(/to-key .*/, `to-key ${Buffer.from(c.publicKey).toString('base64')}`),
      TRANSITION_KEY_NAME,
      a,
      b,
    ),
  ],
  [
    'a key to itself',
    await signNote(
      encodeTransition({
        from: publicKeyFingerprint(b.publicKey),
        to: publicKeyFingerprint(b.publicKey),
        toKey: b.publicKey,
        created,
      }),
      TRANSITION_KEY_NAME,
      b,
      b,
    ),
  ],
  ['no instant', await signNote(body.replace(created, 'today'), TRANSITION_KEY_NAME, a, b)],
  ['another version', await signNote(body.replace('/v1', '/v2'), TRANSITION_KEY_NAME, a, b)],
  ['more than 128 KiB', ab.repeat(400)],
])('refused: %s', (_, notes) => {
  expect(parseTransitions(notes)).toBeNull()
  expect(parseTransitions(Buffer.from(notes))).toBeNull()
})

test('what makes no sense is not made', async () => {
  await expect(makeTransition({ from: a, to: a, created })).rejects.toMatchObject({ code: 'TRANSITION_SAME_KEY' })
  await expect(makeTransition({ from: a, to: b, created: '2027-01-01' })).rejects.toMatchObject({
    code: 'TRANSITION_CREATED',
  })
})
