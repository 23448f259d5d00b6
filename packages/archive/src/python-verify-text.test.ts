import { execFileSync, spawnSync } from 'node:child_process'
import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { publicKeyFingerprint } from '@custody/seal'
import { describe, expect, test } from 'vitest'
import { folderOf } from './testing/bag-files.ts'
import { makeAuthority } from './testing/python-authority.ts'
import { oldArchive, sealBy, sealed, testSigner } from './testing/python-seals.ts'
import { recommit } from './testing/rebag.ts'
import { richBagFiles } from './testing/rich-bag.ts'
import { sampleSource } from './testing/sample-conversations.ts'
import { temporaryFolder } from './testing/temporary-folder.ts'
import { writeArchive } from './testing/write-archive.ts'
import { verifyText } from './verify-text.ts'

const signer = testSigner(1)

type BagFiles = Map<string, Buffer | string>

describe('the commands of VERIFY.txt', () => {
  /** A machine that has these and nothing else. */
  const tools = ['bash', 'find', 'openssl', 'python3', 'ssh-keygen', 'unzip']
  const coreutils = ['base64', 'cat', 'cut', 'head', 'mktemp', 'sha256sum', 'sort', 'tail', 'test', 'uniq', 'wc']
  const lines = verifyText('THE-NAME', true)
    .split('\n')
    .flatMap((line) => (line.startsWith('    ') ? [line.slice(4)] : []))

  /** The program itself: what stands in the PATH may be the wrapper of a version manager, which needs more tools. */
  function placeOf(tool: string): string {
    const [command, args] =
      tool === 'python3' ? [tool, ['-c', 'import sys; print(sys.executable)']] : ['bash', ['-c', `type -P ${tool}`]]
    return execFileSync(command, args, { encoding: 'utf8' }).trim()
  }

  function bareMachine(): string {
    const bin = temporaryFolder()
    for (const tool of [...tools, ...coreutils]) symlinkSync(placeOf(tool), join(bin, tool))
    return bin
  }

  /** Numbers of the lines that fail, each run on its own, from 0. */
  function failing(folder: string, bin: string, commands: readonly string[]): number[] {
    const T = temporaryFolder()
    return commands.flatMap((command, index) => {
      const options = { cwd: folder, encoding: 'utf8', env: { PATH: bin, HOME: folder, T } } as const
      const { status } = spawnSync(join(bin, 'bash'), ['-o', 'pipefail', '-c', command], options)
      return status === 0 ? [] : [index]
    })
  }

  test('pass one after the other on the ZIP of a sealed archive', { timeout: 60_000 }, async () => {
    const folder = temporaryFolder()
    const { name } = await writeArchive(folder, sampleSource(5), { container: 'zip', seal: sealBy(signer) })
    const script = lines.join('\n').replaceAll('THE-NAME', name)
    const bin = bareMachine()
    const ran = spawnSync(join(bin, 'bash'), ['-e', '-o', 'pipefail', '-c', script], {
      cwd: folder,
      encoding: 'utf8',
      env: { PATH: bin, HOME: folder },
    })
    expect({ status: ran.status, stderr: ran.stderr }).toMatchObject({ status: 0 })
    expect(ran.stdout).toContain(publicKeyFingerprint(signer.publicKey).slice('sha256:'.length))
    expect(ran.stdout).not.toContain('FAILED')
  })

  const checks = lines.slice(lines.findIndex((line) => line.startsWith('cd ')) + 1)
  const at = (part: string): number => checks.findIndex((line) => line.includes(part))

  test('pass for an archive that was erased in, superseded and handed over', { timeout: 60_000 }, async () => {
    const files = await oldArchive(signer)
    // The stand-in for a token is none.
    expect(failing(folderOf(files), bareMachine(), checks)).toEqual([at('openssl ts')])
  })

  test('check the token of a time authority', { timeout: 60_000 }, async () => {
    const authority = makeAuthority(temporaryFolder())
    const files = await sealed(await richBagFiles(), signer, { timestamp: async (note) => authority(note) })
    const bin = bareMachine()
    expect(failing(folderOf(files), bin, checks)).toEqual([])
    const other = (
      await sealed(await richBagFiles(), testSigner(2), { timestamp: async (note) => authority(note) })
    ).get('seal/seal.tsr')
    expect(failing(folderOf(files.set('seal/seal.tsr', other ?? '')), bin, checks)).toEqual([
      at('head -n -2 seal/seal-manifest.note | tail'),
      at('openssl ts'),
    ])
  })

  test.each<[string, (files: BagFiles) => unknown, readonly string[]]>([
    ['a payload file', (files) => files.set('data/reports/gaps.csv', 'x'), ['-c manifest']],
    ['a tag file', (files) => files.set('README.txt', 'x'), ['-c tagmanifest']],
    ['a file too many', (files) => files.set('more.txt', 'x'), ['-prune']],
    ['a file too many in seal/', (files) => files.set('seal/more.txt', 'x'), ['find seal']],
    [
      'the text of the seal',
      (files) => files.set('seal/seal.txt', String(files.get('seal/seal.txt')).replace('seq 1', 'seq 2')),
      ['seal.txt.ed25519', 'ssh-keygen', 'tail -n +2'],
    ],
    [
      'the list of files',
      (files) =>
        files.set('seal/seal-manifest.note', String(files.get('seal/seal-manifest.note')).replace('/v1', '/v2')),
      ['-in $T/manifest'],
    ],
    [
      'a text, and all checksums, records and leaves after it',
      (files) => {
        const part = 'data/conversations/part-00001.jsonl'
        const seal = [...files].filter(([path]) => path.startsWith('seal/'))
        for (const [path] of seal) files.delete(path)
        recommit(files.set(part, String(files.get(part)).replace('Text of', 'Test of')))
        for (const [path, content] of seal) files.set(path, content)
      },
      ['head -n 9', 'head -n 12'],
    ],
    [
      'a record',
      (files) => {
        const records = 'integrity/records.jsonl'
        files.set(records, String(files.get(records)).replace('"line":1', '"line":2'))
      },
      ['-c tagmanifest', 'zip_longest'],
    ],
  ])('fail where they have to: %s', { timeout: 60_000 }, async (_, change, expected) => {
    const files = await sealed(await richBagFiles())
    change(files)
    expect(failing(folderOf(files), bareMachine(), checks)).toEqual(expected.map(at))
  })
})
