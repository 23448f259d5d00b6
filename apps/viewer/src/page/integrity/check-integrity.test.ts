import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { type ArchiveFiles, pickedFiles } from './archive-files.ts'
import { checkIntegrity } from './check-integrity.ts'

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
const manifestOf = (files: Readonly<Record<string, string>>): string =>
  Object.entries(files)
    .map(([path, text]) => `${sha256(text)}  ${path}\n`)
    .join('')

const payload = { 'data/a.txt': 'a', 'data/b/c.txt': 'x'.repeat(100_000), 'data/empty.txt': '' }
const tags = { 'bagit.txt': 'BagIt', 'manifest-sha256.txt': manifestOf(payload) }
const unsealed = { ...payload, ...tags, 'tagmanifest-sha256.txt': manifestOf(tags) }

const { privateKey, publicKey } = generateKeyPairSync('ed25519')
const sealText = `format custody-seal/v1\ntagmanifest-sha256 ${sha256(unsealed['tagmanifest-sha256.txt'])}\npayload-oxum 100001.3\n`
const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1')
const sealFiles = {
  'seal/seal.txt': sealText,
  'seal/seal.txt.ed25519': latin1(sign(null, Buffer.from(sealText), privateKey)),
  'seal/signer.pub': publicKey.export({ format: 'pem', type: 'spki' }) as string,
}

/** SHA-256 of a text of latin1 characters, which stand for bytes here. */
const sha256Bytes = (text: string): string => createHash('sha256').update(Buffer.from(text, 'latin1')).digest('hex')
const list = `custody-seal-files/v1\n${Object.entries(sealFiles)
  .map(([path, text]) => `${sha256Bytes(text)}  ${path}\n`)
  .join('')}`
const noteSignature = Buffer.concat([Buffer.alloc(4), sign(null, Buffer.from(list), privateKey)]).toString('base64')
const sealed = {
  ...unsealed,
  ...sealFiles,
  'seal/seal-manifest.note': Buffer.from(`${list}\n— acme ${noteSignature}\n`, 'utf8').toString('latin1'),
}

/** Files whose bytes are given as latin1, in pieces of 4 kB. */
function archiveOf(files: Readonly<Record<string, string>>): ArchiveFiles {
  return {
    sizes: new Map(Object.entries(files).map(([path, text]) => [path, text.length])),
    async *read(path) {
      const bytes = Buffer.from(files[path] ?? '', 'latin1')
      for (let at = 0; at < bytes.length; at += 4096) yield new Uint8Array(bytes.subarray(at, at + 4096))
    },
  }
}

const problemsOf = async (files: Readonly<Record<string, string>>): Promise<readonly string[]> =>
  (await checkIntegrity(archiveOf(files))).problems.map(({ path, what }) => `${path} ${what}`)

describe('without a seal', () => {
  test('an archive as it was made has no problem', async () => {
    const seen: number[] = []
    const report = await checkIntegrity(archiveOf(unsealed), { onProgress: ({ bytes }) => seen.push(bytes) })
    expect(report).toMatchObject({ problems: [], seal: null, files: Object.keys(unsealed).length })
    expect(seen.at(-1)).toBe(report.bytes)
  })

  const without = (path: string): Record<string, string> =>
    Object.fromEntries(Object.entries(unsealed).filter(([name]) => name !== path))
  test.each([
    ['changed', { ...unsealed, 'data/a.txt': 'b' }, ['data/a.txt changed']],
    ['emptied', { ...unsealed, 'data/a.txt': '' }, ['data/a.txt changed']],
    ['missing', without('data/empty.txt'), ['data/empty.txt missing']],
    ['extra', { ...unsealed, 'data/new.txt': '', new: '' }, ['data/new.txt in no manifest', 'new in no manifest']],
    [
      'without tag manifest',
      without('tagmanifest-sha256.txt'),
      ['bagit.txt in no manifest', 'manifest-sha256.txt in no manifest', 'tagmanifest-sha256.txt missing'],
    ],
    [
      'with a line that is none',
      { ...unsealed, 'manifest-sha256.txt': `${tags['manifest-sha256.txt']}x\n` },
      ['manifest-sha256.txt malformed', 'manifest-sha256.txt changed'],
    ],
  ] as const)('%s', async (_name, files, expected) => {
    expect(await problemsOf(files)).toEqual(expected)
  })

  test('a file that cannot be read is no file that is right', async () => {
    const archive = archiveOf(unsealed)
    const report = await checkIntegrity({
      ...archive,
      async *read(path) {
        yield* archive.read(path)
        if (path === 'data/a.txt') throw new Error('gone')
      },
    })
    expect(report.problems).toEqual([{ path: 'data/a.txt', what: 'unreadable' }])
  })
})

describe('with a seal', () => {
  test('all of it is right', async () => {
    const { problems, seal } = await checkIntegrity(archiveOf(sealed))
    expect(problems).toEqual([])
    const der = publicKey.export({ format: 'der', type: 'spki' })
    expect(seal).toMatchObject({
      signature: 'right',
      listSignature: 'right',
      sealsThis: true,
      fingerprint: `sha256:${createHash('sha256').update(der).digest('hex')}`,
    })
    expect(seal?.fields[0]).toEqual(['format', 'custody-seal/v1'])
  })

  test.each([
    [
      'another text',
      { 'seal/seal.txt': sealText.replace('100001.3', '100001.4') },
      { signature: 'wrong', sealsThis: false },
    ],
    [
      'another key',
      { 'seal/signer.pub': generateKeyPairSync('ed25519').publicKey.export({ format: 'pem', type: 'spki' }) as string },
      { signature: 'wrong', listSignature: 'wrong' },
    ],
    ['a key that is none', { 'seal/signer.pub': 'nonsense' }, { signature: 'wrong', fingerprint: null }],
    ['a signature that was cut', { 'seal/seal.txt.ed25519': 'x' }, { signature: 'wrong' }],
    ['no list of its files', { 'seal/seal-manifest.note': '' }, { listSignature: 'wrong' }],
    ['other files under it', { ...payload, 'data/a.txt': 'longer' }, { sealsThis: false }],
  ])('%s shows', async (_name, changes, expected) => {
    const { problems, seal } = await checkIntegrity(archiveOf({ ...sealed, ...changes }))
    expect(seal).toMatchObject(expected)
    expect(problems).not.toEqual([])
  })

  test('no manifest may speak for files of another', async () => {
    const forged = {
      ...sealed,
      'manifest-sha256.txt': `${tags['manifest-sha256.txt']}${sha256('')}  seal/more.txt\n`,
      'seal/more.txt': '',
    }
    expect(await problemsOf(forged)).toEqual([
      'manifest-sha256.txt malformed',
      'manifest-sha256.txt changed',
      'seal/more.txt in no manifest',
    ])
  })

  test('a file that is under seal/ and in no list shows', async () => {
    expect(await problemsOf({ ...sealed, 'seal/more.txt': '' })).toEqual(['seal/more.txt in no manifest'])
  })
})

test('the archive is found in whatever folder was chosen; where there is none, that is said', () => {
  const file = new Blob(['x'])
  const picked = pickedFiles(
    ['b/bagit.txt', 'b/data/a.txt', 'b/data/x/bagit.txt', 'other.txt'].map((path) => ({ path, file })),
  )
  expect([...(picked?.sizes.keys() ?? [])]).toEqual(['bagit.txt', 'data/a.txt', 'data/x/bagit.txt'])
  expect(pickedFiles([{ path: 'a/notbagit.txt', file }])).toBeNull()
  expect(pickedFiles([])).toBeNull()
})
