import { describe, expect, test } from 'vitest'
import { inspectSeal } from './inspect-seal.ts'
import { makeTransition } from './key-transition.ts'
import { makeSealFiles, supersededHistory } from './seal-files.ts'
import { encodeSeal, sealDigest } from './seal-text.ts'
import { testSigner } from './testing/keys.ts'
import { fullSeal } from './testing/sealed-twice.ts'
import { erasedSeal, nextSeal, sampleSeal, supersede } from './testing/seals.ts'

const signer = testSigner(1)
const first = sampleSeal()
const firstText = encodeSeal(first)

test('the files stand in the order in which to write them: those of before, the seal, the list of all of them', async () => {
  const files = await makeSealFiles({ seal: first, signer })
  const names = [
    'seal.txt',
    'seal.note',
    'seal.txt.ed25519',
    'seal.txt.sig',
    'signer.pub',
    'allowed_signers',
    'records.checkpoint',
    'seal-manifest.note',
  ]
  expect([...files.keys()]).toEqual(names.map((name) => `seal/${name}`))
  const after = await supersede(files, erasedSeal(first))
  const folder = `seal/history/${sealDigest(firstText)}/`
  expect([...after.keys()]).toEqual([...names.map((name) => folder + name), ...names.map((name) => `seal/${name}`)])
})

test('the same seal and key give the same bytes', async () => {
  expect((await fullSeal()).files).toEqual((await fullSeal()).files)
})

test('histories stay side by side', async () => {
  const { files, superseded } = await fullSeal()
  const folders = new Set([...files.keys()].flatMap((path) => /^seal\/history\/([^/]+)\//.exec(path)?.[1] ?? []))
  expect(folders).toEqual(new Set(superseded.map((seal) => sealDigest(encodeSeal(seal)))))
})

test('the token of time is over the bytes of the note', async () => {
  let stamped: Uint8Array = Buffer.alloc(0)
  const files = await makeSealFiles({
    seal: first,
    signer,
    timestamp: async (note) => {
      stamped = note
      return { response: Buffer.from('token'), chainPem: 'chain\n' }
    },
  })
  expect(files.get('seal/seal.note')).toEqual(stamped)
  expect(inspectSeal(files, { bag: first })).toMatchObject({ time: 'not-checked', findings: [] })
})

describe('what does not fit together is not sealed', () => {
  const second = nextSeal(first)
  const refused = (found: string): object =>
    expect.objectContaining({ code: 'SEAL_PARTS', message: expect.stringContaining(found) })
  test('without the seal before it, or with another', async () => {
    await expect(makeSealFiles({ seal: second, signer })).rejects.toThrow(
      refused('SEAL_PREV_MISSING seal/prev.seal.txt'),
    )
    const other = encodeSeal(sampleSeal({ tool: 'other/1' }))
    await expect(makeSealFiles({ seal: second, signer, prevSeal: other })).rejects.toThrow(refused('SEAL_PREV_DIFFERS'))
    await expect(makeSealFiles({ seal: first, signer, prevSeal: firstText })).rejects.toThrow(
      refused('SEAL_PREV_UNEXPECTED'),
    )
    const third = nextSeal(first, { seq: 3 })
    await expect(makeSealFiles({ seal: third, signer, prevSeal: firstText })).rejects.toThrow(
      refused('SEAL_PREV_PLACE'),
    )
    const foreign = nextSeal(first, { origin: 'example.com/other' })
    await expect(makeSealFiles({ seal: foreign, signer, prevSeal: firstText })).rejects.toThrow(
      refused('SEAL_PREV_PLACE'),
    )
  })
  test('without the history it supersedes, or with one it does not', async () => {
    const files = await makeSealFiles({ seal: first, signer })
    await expect(makeSealFiles({ seal: erasedSeal(first), signer })).rejects.toThrow(refused('SEAL_HISTORY_MISSING'))
    const history = supersededHistory(files)
    await expect(makeSealFiles({ seal: first, signer, history })).rejects.toThrow(refused('SEAL_HISTORY_ORPHAN'))
    const stray = new Map([...history, ['seal/stray.txt', Buffer.from('x')] as const])
    await expect(supersede(files, erasedSeal(first), { history: stray })).rejects.toThrow(refused('SEAL_FILE_UNKNOWN'))
  })
  test('over a damaged history', async () => {
    const files = new Map(await makeSealFiles({ seal: first, signer })).set('seal/seal.txt.ed25519', Buffer.alloc(64))
    await expect(supersede(files, erasedSeal(first))).rejects.toThrow(refused('SEAL_SIGNATURE'))
  })
  test('when it changes what it must keep', async () => {
    const files = await makeSealFiles({ seal: first, signer })
    const changed = erasedSeal(first, { recordsRoot: 'a1'.repeat(32) })
    await expect(supersede(files, changed)).rejects.toThrow(refused('SEAL_SUPERSEDED_DIFFERS'))
  })
  test('by a changed key without a transition to it, or with one to another', async () => {
    const files = await makeSealFiles({ seal: first, signer })
    const other = testSigner(2)
    await expect(supersede(files, erasedSeal(first), { signer: other })).rejects.toThrow(refused('SEAL_HISTORY_KEY'))
    const transitions = await makeTransition({ from: signer, to: testSigner(3), created: first.created })
    const wrong = makeSealFiles({ seal: first, signer: other, transitions })
    await expect(wrong).rejects.toThrow(refused('SEAL_TRANSITIONS_END'))
  })
  test('a value that no seal has', async () => {
    const seal = { ...first, mode: 'a b' }
    await expect(makeSealFiles({ seal, signer })).rejects.toMatchObject({ code: 'SEAL_FIELD', kind: 'usage' })
  })
})

test('a signer that errs, and a time authority that fails, end it', async () => {
  const liar = { publicKey: signer.publicKey, sign: testSigner(2).sign }
  await expect(makeSealFiles({ seal: first, signer: liar })).rejects.toMatchObject({ code: 'SIGNATURE_WRONG' })
  const down = async (): Promise<never> => {
    throw new Error('down')
  }
  await expect(makeSealFiles({ seal: first, signer, timestamp: down })).rejects.toThrow('down')
})

test('only the files of a seal become history', () => {
  const wrong = expect.objectContaining({ code: 'SEAL_HISTORY' })
  expect(() => supersededHistory(new Map())).toThrow(wrong)
  const files = new Map([
    ['seal/seal.txt', Buffer.from(firstText)],
    ['data/x', Buffer.alloc(0)],
  ])
  expect(() => supersededHistory(files)).toThrow(wrong)
})
