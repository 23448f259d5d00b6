import { createHash } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import { encodeCheckpoint, recordsOrigin } from './checkpoint.ts'
import { type InspectSealOptions, inspectSeal } from './inspect-seal.ts'
import { makeTransition } from './key-transition.ts'
import { publicKeyPem } from './public-key.ts'
import { encodeSeal, type Seal, sealDigest } from './seal-text.ts'
import { encodeNote, parseNote, signNote } from './signed-note.ts'
import type { Signer } from './signer.ts'
import { type Changes, firstTransitionBy, forge } from './testing/forge.ts'
import { testSigner } from './testing/keys.ts'
import { type FullSeal, fullSeal } from './testing/sealed-twice.ts'
import { type Files, sampleSeal } from './testing/seals.ts'

const [b, c, stranger] = [2, 3, 9].map((number) => testSigner(number)) as [Signer, Signer, Signer]
let full: FullSeal
beforeAll(async () => {
  full = await fullSeal()
})

function forged(changes: Changes, signer: Signer = c): Promise<Files> {
  return forge(full, changes, signer)
}

function codes(files: Files, options: Partial<InspectSealOptions> = {}): readonly string[] {
  return inspectSeal(files, { bag: full.seal, ...options }).findings.map(({ code, path }) => `${code} ${path}`)
}

function text(path: string): string {
  return Buffer.from(full.files.get(path) ?? '').toString()
}

function historyOf(index: number): string {
  return `seal/history/${sealDigest(encodeSeal(full.superseded[index] as Seal))}/`
}

/** SHA-256 of a file of the archive. */
function digestOf(path: string): string {
  return createHash('sha256')
    .update(full.files.get(path) ?? '')
    .digest('hex')
}

const one = (path: string, content: string): Changes => ({ [path]: content })
const flip = (content: Uint8Array | undefined): Buffer => Buffer.from(content ?? '').fill(7, 10, 11)

/** Name, what is changed by somebody who can sign the manifest, and exactly what is found. */
const forgeries: readonly [string, () => Changes | Promise<Changes>, readonly string[]][] = [
  [
    'a file of no seal',
    () => ({ 'seal/notes.txt': 'x' }),
    ['SEAL_FILE_UNKNOWN seal/notes.txt', 'SEAL_MANIFEST_PATH seal/seal-manifest.note'],
  ],
  [
    'the raw signature',
    () => ({ 'seal/seal.txt.ed25519': flip(full.files.get('seal/seal.txt.ed25519')) }),
    ['SEAL_SIGNATURE seal/seal.txt.ed25519'],
  ],
  [
    'the SSH signature',
    () => ({ 'seal/seal.txt.sig': text(`${historyOf(0)}seal.txt.sig`) }),
    ['SEAL_SSH_SIGNATURE seal/seal.txt.sig'],
  ],
  ['a note that is none', () => one('seal/seal.note', 'x'), ['SEAL_NOTE_MALFORMED seal/seal.note']],
  [
    'a note of another text',
    async () => one('seal/seal.note', await signNote('x\n', full.seal.origin, c)),
    ['SEAL_NOTE_TEXT seal/seal.note'],
  ],
  [
    'a note by a stranger',
    async () => one('seal/seal.note', await signNote(encodeSeal(full.seal), full.seal.origin, stranger)),
    ['SEAL_NOTE_SIGNATURE seal/seal.note'],
  ],
  [
    'a note under another name',
    async () => one('seal/seal.note', await signNote(encodeSeal(full.seal), 'other', c)),
    ['SEAL_NOTE_SIGNATURE seal/seal.note'],
  ],
  [
    'a checkpoint that is none',
    () => one('seal/records.checkpoint', text('seal/seal.note')),
    ['SEAL_CHECKPOINT_MALFORMED seal/records.checkpoint'],
  ],
  [
    'a checkpoint of another tree',
    () => checkpoint({ root: 'a1'.repeat(32) }),
    ['SEAL_CHECKPOINT_DIFFERS seal/records.checkpoint'],
  ],
  ['a checkpoint of another size', () => checkpoint({ size: 6 }), ['SEAL_CHECKPOINT_DIFFERS seal/records.checkpoint']],
  [
    'a checkpoint of another archive',
    () => checkpoint({ origin: 'example.com/acme/other' }),
    ['SEAL_CHECKPOINT_DIFFERS seal/records.checkpoint'],
  ],
  [
    'a checkpoint with more lines',
    () => checkpoint({ extensions: ['x'] }),
    ['SEAL_CHECKPOINT_DIFFERS seal/records.checkpoint'],
  ],
  ['a checkpoint by a stranger', () => checkpoint({}, stranger), ['SEAL_CHECKPOINT_SIGNATURE seal/records.checkpoint']],
  [
    'a public key with a word more',
    () => one('seal/signer.pub', `${publicKeyPem(c.publicKey)}x`),
    ['SEAL_KEY_MALFORMED seal/signer.pub'],
  ],
  [
    'a public key in another form',
    () => one('seal/signer.pub', publicKeyPem(c.publicKey).replaceAll('\n', '\r\n')),
    ['SEAL_KEY_MALFORMED seal/signer.pub'],
  ],
  [
    'signers with one more',
    () => one('seal/allowed_signers', text('seal/allowed_signers') + text('seal/allowed_signers')),
    ['SEAL_ALLOWED_SIGNERS seal/allowed_signers'],
  ],
  ['no previous seal', () => ({ 'seal/prev.seal.txt': null }), ['SEAL_PREV_MISSING seal/prev.seal.txt']],
  [
    'another previous seal',
    () => one('seal/prev.seal.txt', encodeSeal(sampleSeal({ tool: 'other/1' }))),
    ['SEAL_PREV_DIFFERS seal/prev.seal.txt'],
  ],
  [
    'a previous seal that is none',
    () => one('seal/prev.seal.txt', 'x'),
    ['SEAL_PREV_DIFFERS seal/prev.seal.txt', 'SEAL_PREV_PLACE seal/prev.seal.txt'],
  ],
  ['no token', () => ({ 'seal/seal.tsr': null }), ['SEAL_TIMESTAMP_INCOMPLETE seal/seal.tsr']],
  ['no certificates', () => ({ 'seal/tsa-chain.pem': null }), ['SEAL_TIMESTAMP_INCOMPLETE seal/tsa-chain.pem']],
  ['a huge token', () => ({ 'seal/seal.tsr': Buffer.alloc(1024 * 1024 + 1) }), ['SEAL_FILE_TOO_LARGE seal/seal.tsr']],
  [
    'transitions that are none',
    () => one('seal/key-transitions.note', 'x'),
    [
      'SEAL_TRANSITIONS_MALFORMED seal/key-transitions.note',
      `SEAL_HISTORY_KEY ${'0'}signer.pub`,
      `SEAL_HISTORY_KEY ${'1'}signer.pub`,
    ],
  ],
  [
    'no transitions',
    () => ({ 'seal/key-transitions.note': null }),
    ['SEAL_HISTORY_KEY 0signer.pub', 'SEAL_HISTORY_KEY 1signer.pub'],
  ],
  [
    'transitions to another key',
    async () =>
      one(
        'seal/key-transitions.note',
        full.transitions + (await makeTransition({ from: c, to: b, created: full.seal.created })),
      ),
    ['SEAL_TRANSITIONS_END seal/key-transitions.note'],
  ],
  [
    'a transition the first key did not sign',
    async () => one('seal/key-transitions.note', await firstTransitionBy(full, stranger, b)),
    ['SEAL_TRANSITIONS_SIGNATURE seal/key-transitions.note'],
  ],
]

async function checkpoint(changes: Partial<Parameters<typeof encodeCheckpoint>[0]>, signer = c): Promise<Changes> {
  const body = { origin: recordsOrigin(full.seal), size: full.seal.records, root: full.seal.recordsRoot, ...changes }
  return { 'seal/records.checkpoint': await signNote(encodeCheckpoint(body), full.seal.origin, signer) }
}

test.each(forgeries)('%s is found, though the manifest says it is right', async (_, changes, expected) => {
  const paths = expected.map((line) =>
    line.replace(/ (\d)signer/, (_match, index) => ` ${historyOf(Number(index))}signer`),
  )
  expect(codes(await forged(await changes()))).toEqual(paths)
})

describe('the manifest', () => {
  test('names every file with its hash', async () => {
    const changed = new Map(full.files).set('seal/seal.tsr', Buffer.from('x'))
    expect(codes(changed)).toEqual(['SEAL_FILE_CHANGED seal/seal.tsr'])
    const unlisted = await forged({ 'seal/seal.tsr': null })
    expect(codes(new Map(unlisted).set('seal/seal.tsr', full.files.get('seal/seal.tsr') as Uint8Array))).toEqual([
      'SEAL_FILE_UNLISTED seal/seal.tsr',
    ])
  })
  test('is signed by the key of the seal', async () => {
    expect(codes(await forged({}, stranger))).toEqual(['SEAL_MANIFEST_SIGNATURE seal/seal-manifest.note'])
  })
  test('bears no other signature, as nothing covers it', async () => {
    const note = parseNote(text('seal/seal-manifest.note'))
    const more = [...(note?.signatures ?? []), { name: 'x', keyId: Buffer.alloc(4), signature: Buffer.alloc(1) }]
    const files = new Map(full.files).set('seal/seal-manifest.note', Buffer.from(encodeNote(note?.text ?? '', more)))
    expect(codes(files)).toEqual(['SEAL_MANIFEST_SIGNATURE seal/seal-manifest.note'])
  })
  test.each([
    'x',
    'custody-seal-files/v1\n',
    'custody-seal-files/v2\n',
    `custody-seal-files/v1\n${'a1'.repeat(32)} seal/seal.txt\n`,
  ])('is a signed list: %j', async (body) => {
    const content = body === 'x' ? body : await signNote(body, full.seal.origin, c)
    const files = new Map(full.files).set('seal/seal-manifest.note', Buffer.from(content))
    const found = codes(files)
    if (body === 'custody-seal-files/v1\n') expect(found).toContain('SEAL_FILE_UNLISTED seal/seal.txt')
    else expect(found).toEqual(['SEAL_MANIFEST_MALFORMED seal/seal-manifest.note'])
  })
})

describe('the history', () => {
  test('a folder that no seal names', async () => {
    const folder = `seal/history/${'e5'.repeat(32)}/`
    const copy = [...full.files].filter(([path]) => path.startsWith(historyOf(1)))
    const changes = Object.fromEntries(copy.map(([path, content]) => [path.replace(historyOf(1), folder), content]))
    expect(codes(await forged(changes))).toEqual([`SEAL_HISTORY_NAME ${folder}`, `SEAL_HISTORY_ORPHAN ${folder}`])
  })
  test('a file of no seal in it, and a folder in it', async () => {
    const paths = [
      `${historyOf(0)}x`,
      `${historyOf(0)}history/seal.txt`,
      'seal/history/seal.txt',
      `seal/history/${'E5'.repeat(32)}/seal.txt`,
    ]
    const found = codes(new Map([...full.files, ...paths.map((path) => [path, Buffer.alloc(1)] as const)]))
    expect(found).toEqual(paths.map((path) => `SEAL_FILE_UNKNOWN ${path}`))
  })
  test.each([
    ['less', (lines: readonly string[]) => lines.filter((line) => !line.includes('  seal/history/'))],
    ['a file less', (lines: readonly string[]) => lines.filter((line) => !/history.*seal\.tsr$/.test(line))],
    [
      'more',
      (lines: readonly string[]) => [...lines, `${digestOf(`${historyOf(0)}seal.tsr`)}  ${historyOf(0)}seal.tsr`],
    ],
  ])('the manifest of a superseded seal that names %s than the history it had', async (_, change) => {
    const path = `${historyOf(0)}seal-manifest.note`
    const [header, ...lines] = (parseNote(text(path))?.text ?? '').trimEnd().split('\n')
    const body = `${[header, ...change(lines).toSorted((one, other) => (one.slice(64) < other.slice(64) ? -1 : 1))].join('\n')}\n`
    const files = await forged({ [path]: await signNote(body, full.seal.origin, b) })
    expect(codes(files)).toEqual([`SEAL_MANIFEST_HISTORY ${path}`])
  })
  test('the manifest of a superseded seal needs the history it names', async () => {
    const gone = [...full.files.keys()].filter((path) => path.startsWith(historyOf(1)))
    const found = codes(await forged(Object.fromEntries(gone.map((path) => [path, null]))))
    expect(found).toContain(`SEAL_HISTORY_MISSING ${historyOf(1)}`)
    expect(found).toContain(`SEAL_FILE_MISSING ${historyOf(1)}seal.txt`)
  })
  test.each<[string, Partial<Seal>, readonly string[]]>([
    ['mode', { mode: 'redacted' }, ['SEAL_SUPERSEDED_DIFFERS']],
    ['verdict', { verdict: 'counted' }, ['SEAL_SUPERSEDED_DIFFERS']],
    ['audit', { audit: { size: 99, root: 'b2'.repeat(32) } }, ['SEAL_SUPERSEDED_DIFFERS']],
    [
      'period',
      { period: { from: '2026-11-01T00:00:00.000Z', to: '2026-11-15T00:00:00.000Z' } },
      ['SEAL_SUPERSEDED_DIFFERS'],
    ],
    ['fewer erased', { erased: 0 }, ['SEAL_SUPERSEDED_ERASED']],
    ['older', { created: '2020-01-01T00:00:00.000Z' }, ['SEAL_SUPERSEDED_CREATED']],
  ])('a superseding seal that does not keep what it must: %s', async (_, change, expected) => {
    const seal = { ...full.seal, ...change }
    const content = Buffer.from(encodeSeal(seal))
    const files = await forged({
      'seal/seal.txt': content,
      'seal/seal.note': await signNote(content.toString(), seal.origin, c),
      'seal/seal.txt.ed25519': await c.sign(content),
    })
    const found = inspectSeal(files, { bag: seal }).findings.map(({ code }) => code)
    expect(found).toEqual(expect.arrayContaining([...expected]))
    expect(found.filter((code) => !['SEAL_SSH_SIGNATURE', ...expected].includes(code))).toEqual([])
  })
})
