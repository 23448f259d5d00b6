import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bagFiles, bareBag, folderOf, remanifest } from './testing/bag-files.ts'
import { sampleSource } from './testing/sample-conversations.ts'
import { temporaryFolder } from './testing/temporary-folder.ts'
import { filesBelow, writeArchive } from './testing/write-archive.ts'
import { verify } from './verify.ts'
import type { FileStatus } from './verify-report.ts'

const codesOf = async (folder: string): Promise<string[]> => {
  const report = await verify(folder)
  expect(report.verdict).toBe(report.findings.length === 0 ? 'valid' : 'findings')
  return report.findings.map(({ code, path }) => `${code} ${path ?? '-'}`)
}

const part = 'data/conversations/part-00001.jsonl'

describe('a whole archive', () => {
  test.each(['zip', 'folder'] as const)('is valid, and the report says what it is (%s)', async (container) => {
    const result = await writeArchive(temporaryFolder(), sampleSource(4), { container })
    const statuses: string[] = []
    const report = await verify(result.path, { onFile: ({ path, status }) => statuses.push(`${status} ${path}`) })
    expect(report).toMatchObject({
      verdict: 'valid',
      container,
      findings: [],
      findingsOmitted: 0,
      conversations: 4,
      files: 25,
      tagManifestSha256: result.tagManifestSha256,
      recordsRoot: result.recordsRoot,
      run: { archive: result.name, org: 'acme', verdict: 'counted' },
    })
    expect(statuses).toHaveLength(25)
    expect(new Set(statuses.map((line) => line.split(' ')[0]))).toEqual(new Set(['listed']))
  })

  test('may stand in a folder of any name, and be packed again by Info-ZIP', async () => {
    const directory = temporaryFolder()
    const { path } = await writeArchive(directory, sampleSource(4))
    renameSync(path, join(directory, 'Kopie von Archiv (1)'))
    expect(await codesOf(join(directory, 'Kopie von Archiv (1)'))).toEqual([])
    execFileSync('python3', ['-m', 'zipfile', '-c', 'again.zip', 'Kopie von Archiv (1)'], { cwd: directory })
    expect(await codesOf(join(directory, 'again.zip'))).toEqual([])
  })
})

test('an identifier that stands in two lines is found', async () => {
  const files = await bagFiles()
  const [first = '', second = '', third = ''] = String(files.get(part)).split('\n')
  const idOf = (line: string): string => JSON.parse(line).conversation.identifier
  const twin = second.replace(idOf(second), idOf(first))
  const long = third.replace(idOf(third), 'x'.repeat(5000))
  const lines = [first, twin, long, long, '{"v":1,"salt":"', '{}', '{}', '']
  const changed = new Map<string, Buffer | string>(files)
  const folder = folderOf(remanifest(changed.set(part, lines.join('\n'))))
  const twice = (await verify(folder)).findings.filter(({ code }) => code === 'CONVERSATION_TWICE')
  expect(twice.map(({ path, message }) => `${path} ${message}`)).toEqual(
    [2, 4].map((line) => `${part} line ${line} has the identifier of an earlier conversation`),
  )
})

describe('any single flipped byte is found', () => {
  const flip = (folder: string, path: string, at: number, mask: number): (() => void) => {
    const whole = readFileSync(join(folder, path))
    const changed = Buffer.from(whole)
    changed[at] = (changed[at] as number) ^ mask
    writeFileSync(join(folder, path), changed)
    return () => writeFileSync(join(folder, path), whole)
  }

  test('in a folder, in whatever file', async () => {
    const folder = folderOf(await bagFiles())
    const sizes = filesBelow(folder).map((path) => [path, readFileSync(join(folder, path)).length] as const)
    const anyByte = fc
      .constantFrom(...sizes.filter(([, size]) => size > 0))
      .chain(([path, size]) =>
        fc.record({ path: fc.constant(path), at: fc.nat({ max: size - 1 }), mask: fc.integer({ min: 1, max: 255 }) }),
      )
    await fc.assert(
      fc.asyncProperty(anyByte, async ({ path, at, mask }) => {
        const restore = flip(folder, path, at, mask)
        try {
          expect((await verify(folder)).verdict).toBe('findings')
        } finally {
          restore()
        }
      }),
      { numRuns: 150 },
    )
    expect(await codesOf(folder)).toEqual([])
  })

  test('in each file, and the finding names it', async () => {
    const folder = folderOf(await bagFiles())
    for (const path of filesBelow(folder)) {
      const size = readFileSync(join(folder, path)).length
      if (size === 0) continue
      // The tag manifest is listed nowhere: what shows there is the file whose line was changed.
      const at = path === 'tagmanifest-sha256.txt' ? 3 : size - 2
      const restore = flip(folder, path, at, 1)
      const codes = await codesOf(folder)
      if (path === 'tagmanifest-sha256.txt') expect(codes).toEqual(['FILE_CHANGED README.txt'])
      else expect(codes).toContain(`FILE_CHANGED ${path}`)
      restore()
    }
  })

  test('in a ZIP, wherever', { timeout: 120_000 }, async () => {
    const { path } = await writeArchive(temporaryFolder(), sampleSource(2), { container: 'zip' })
    const whole = readFileSync(path)
    const original = `${path}.original.zip`
    writeFileSync(original, whole)
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: whole.length - 1 }), fc.integer({ min: 1, max: 255 }), async (at, mask) => {
        const changed = Buffer.from(whole)
        changed[at] = (changed[at] as number) ^ mask
        writeFileSync(path, changed)
        const found = await verify(path).then(
          ({ findings }) => findings.map(({ code }) => code),
          (error) => [error.code],
        )
        // Times, versions, the padding behind a deflate stream: what changes nothing that is unpacked is nobody's content.
        if (found.length === 0) expect(unpackTheSame(original, path)).toBe(true)
      }),
      { numRuns: 200 },
    )
  })

  /** Whether another reader gets the same names and contents out of both. */
  function unpackTheSame(one: string, other: string): boolean {
    const script = `
import sys, zipfile
def read(path):
    with zipfile.ZipFile(path) as archive:
        return {each.filename: archive.read(each) for each in archive.infolist()}
print(read(sys.argv[1]) == read(sys.argv[2]))`
    return execFileSync('python3', ['-c', script, one, other], { encoding: 'utf8' }).trim() === 'True'
  }
})

describe('what is wrong is told, all of it', () => {
  test('changed, missing, extra and refused files, each with its status', async () => {
    const files = await bagFiles()
    files.set(part, Buffer.from('{}\n'))
    files.delete('data/reports/gaps.csv')
    files.set('data/extra.txt', Buffer.from(''))
    files.set('note.txt', Buffer.from(''))
    files.set('data/hidden/.x', Buffer.from(''))
    const folder = folderOf(files)
    symlinkSync('/etc/passwd', join(folder, 'data/link'))
    const statuses = new Map<string, FileStatus>()
    const report = await verify(folder, { onFile: ({ path, status }) => statuses.set(path, status) })
    expect(Object.fromEntries([...statuses].filter(([, status]) => status !== 'listed'))).toEqual({
      [part]: 'changed',
      'data/reports/gaps.csv': 'missing',
      'data/extra.txt': 'extra',
      'note.txt': 'extra',
      'data/hidden/.x': 'refused',
    })
    expect(report.findings.map(({ code, path }) => `${code} ${path}`)).toEqual(
      expect.arrayContaining([
        'SPECIAL_FILE data/link',
        'PATH data/hidden/.x',
        `FILE_CHANGED ${part}`,
        'FILE_MISSING data/reports/gaps.csv',
        'FILE_NOT_LISTED data/extra.txt',
        'FILE_NOT_LISTED note.txt',
        'PAYLOAD_OXUM bag-info.txt',
      ]),
    )
  })

  test('a changed conversation whose manifests were made anew shows in the records', async () => {
    const files: Map<string, Buffer | string> = await bagFiles()
    const text = String(files.get(part)).replace('Text of 1-1', 'Text of 9-9')
    expect(await codesOf(folderOf(remanifest(files.set(part, text))))).toEqual([
      'RECORDS_DIFFER integrity/records.jsonl',
    ])
  })

  test('a removed conversation whose manifests were made anew shows in counts and records', async () => {
    const files: Map<string, Buffer | string> = await bagFiles()
    const text = String(files.get(part)).split('\n').slice(1).join('\n')
    const codes = await codesOf(folderOf(remanifest(files.set(part, text))))
    expect(codes).toEqual(expect.arrayContaining(['RUN_COUNTS run.json', 'RECORDS_DIFFER integrity/records.jsonl']))
  })

  test('leaves that are not those of the records', async () => {
    const files: Map<string, Buffer | string> = await bagFiles()
    const leaves = String(files.get('integrity/leaves.txt'))
    files.set('integrity/leaves.txt', `${leaves}${'0'.repeat(64)}\nnot a hash\n${'x'.repeat(100)}\n`)
    const codes = await codesOf(folderOf(remanifest(files)))
    expect(codes.filter((code) => code.startsWith('LEAF_LINE'))).toHaveLength(2)
    expect(codes).toEqual(expect.arrayContaining(['RECORDS_ROOT integrity/leaves.txt', 'RECORDS_ROOT run.json']))
  })

  test('leaves in another order', async () => {
    const files: Map<string, Buffer | string> = await bagFiles()
    const [first, second, ...rest] = String(files.get('integrity/leaves.txt')).split('\n')
    files.set('integrity/leaves.txt', [second, first, ...rest].join('\n'))
    expect(await codesOf(folderOf(remanifest(files)))).toContain('RECORDS_ROOT integrity/leaves.txt')
  })

  test.each([
    ['payloadOxum', '1.1', 'PAYLOAD_OXUM run.json'],
    ['recordsRoot', '0'.repeat(64), 'RECORDS_ROOT run.json'],
  ])('run.json with another %s', async (field, value, finding) => {
    const files: Map<string, Buffer | string> = await bagFiles()
    const run = JSON.parse(String(files.get('run.json')))
    expect(
      await codesOf(
        folderOf(remanifest(files.set('run.json', `${JSON.stringify({ ...run, [field]: value }, null, 2)}\n`))),
      ),
    ).toEqual([finding])
  })

  test.each<[string, (text: string) => string, string]>([
    ['a line without a hash', (text) => `${text}data/x\n`, 'MANIFEST_LINE'],
    ['upper-case hex', (text) => text.replace(/^[0-9a-f]+/, (hex) => hex.toUpperCase()), 'MANIFEST_LINE'],
    ['one space', (text) => text.replace('  ', ' '), 'MANIFEST_LINE'],
    ['a star, as for binary mode', (text) => text.replace('  ', ' *'), 'MANIFEST_LINE'],
    ['CRLF', (text) => text.replaceAll('\n', '\r\n'), 'MANIFEST_LINE'],
    ['no line end at the end', (text) => text.slice(0, -1), 'MANIFEST_LINE'],
    ['a byte order mark', (text) => `\uFEFF${text}`, 'MANIFEST_LINE'],
    ['a line twice', (text) => text + text.slice(0, text.indexOf('\n') + 1), 'MANIFEST_LINE'],
    ['an empty line', (text) => `\n${text}`, 'MANIFEST_LINE'],
    ['a tag file', (text) => `${text}${'0'.repeat(64)}  bagit.txt\n`, 'MANIFEST_LINE'],
    ['a path out of the bag', (text) => `${text}${'0'.repeat(64)}  data/../../etc/passwd\n`, 'MANIFEST_LINE'],
    ['a percent sign', (text) => `${text}${'0'.repeat(64)}  data/a%0Ab\n`, 'MANIFEST_LINE'],
    ['a line without end', (text) => `${text}${'0'.repeat(1_000_000)}`, 'MANIFEST_LINE'],
    ['a file that is not there', (text) => `${text}${'0'.repeat(64)}  data/not-there\n`, 'FILE_MISSING'],
  ])('%s in the manifest', async (_, change, code) => {
    const files = await bagFiles()
    files.set('manifest-sha256.txt', Buffer.from(change(String(files.get('manifest-sha256.txt')))))
    const codes = await codesOf(folderOf(files))
    expect(codes.map((line) => line.split(' ')[0])).toContain(code)
  })

  test.each([
    'bag-info.txt',
    'manifest-sha256.txt',
    'tagmanifest-sha256.txt',
    'run.json',
    'integrity/records.jsonl',
    'integrity/leaves.txt',
    'README.txt',
    part,
    'data/reports/rejects.jsonl',
  ])('%s is not there', async (path) => {
    const files = await bagFiles()
    files.delete(path)
    expect(await codesOf(folderOf(files))).toContain(`FILE_MISSING ${path}`)
    // Also when nothing lists it any more.
    const { [path]: _, ...rest } = Object.fromEntries(files)
    if (!path.includes('manifest')) {
      expect(await codesOf(folderOf(remanifest(new Map(Object.entries(rest)))))).toContain(`FILE_MISSING ${path}`)
    }
  })

  test.each<[string, string, string | null, string]>([
    ['bagit.txt', 'BagIt-Version: 0.97\nTag-File-Character-Encoding: UTF-8\n', null, 'BAGIT_TXT bagit.txt'],
    ['bagit.txt', '\uFEFFBagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n', null, 'BAGIT_TXT bagit.txt'],
    ['bagit.txt', 'x'.repeat(100_000), null, 'BAGIT_TXT bagit.txt'],
    ['fetch.txt', 'https://example.org/x 1 data/x\n', null, 'FETCH_REFUSED fetch.txt'],
    ['manifest-md5.txt', '', null, 'MANIFEST_UNKNOWN manifest-md5.txt'],
    ['bag-info.txt', 'Payload-Oxum: 1.1\n', null, 'PAYLOAD_OXUM bag-info.txt'],
    ['bag-info.txt', 'no colon\n', null, 'BAG_INFO bag-info.txt'],
    ['bag-info.txt', ' continuation of nothing\n', null, 'BAG_INFO bag-info.txt'],
    ['bag-info.txt', `A: ${'x'.repeat(100_000)}\n`, null, 'BAG_INFO bag-info.txt'],
    ['run.json', 'no json', null, 'RUN_JSON run.json'],
    ['run.json', '{"v":2}', null, 'RUN_JSON run.json'],
    ['run.json', '['.repeat(1_000_000), null, 'RUN_JSON run.json'],
    ['run.json', `"${'x'.repeat(5_000_000)}"`, null, 'RUN_JSON run.json'],
    ['integrity/records.jsonl', `${'x'.repeat(5_000)}\n`, null, 'RECORD_LINE integrity/records.jsonl'],
  ])('%s with other content', async (path, content, _, finding) => {
    const files: Map<string, Buffer | string> = await bagFiles()
    expect(await codesOf(folderOf(remanifest(files.set(path, content))))).toContain(finding)
  })

  test('Payload-Oxum twice, and right both times', async () => {
    const files: Map<string, Buffer | string> = await bagFiles()
    const oxum = /Payload-Oxum: .*\n/.exec(String(files.get('bag-info.txt')))?.[0]
    files.set('bag-info.txt', `${files.get('bag-info.txt')}${oxum?.toLowerCase()}`)
    expect(await codesOf(folderOf(remanifest(files)))).toEqual(['PAYLOAD_OXUM bag-info.txt'])
  })

  test('a seal is not in the tag manifest; half of one is no seal', async () => {
    const files = await bagFiles()
    files.set('seal/seal.txt', Buffer.from('later'))
    const codes = await codesOf(folderOf(files))
    expect(codes).not.toEqual([])
    for (const code of codes) expect(code).toMatch(/^SEAL_[A-Z_]+ seal\//)
  })

  test('names that differ in case only', async () => {
    const files = await bagFiles()
    files.set('data/reports/GAPS.csv', Buffer.from(''))
    const codes = await codesOf(folderOf(files))
    expect(codes.filter((code) => code.startsWith('PATH_DUPLICATE'))).toHaveLength(1)
  })

  test('findings are bounded, and the rest is counted', async () => {
    const folder = folderOf(bareBag)
    writeFileSync(join(folder, 'manifest-sha256.txt'), 'x\n'.repeat(10_100))
    const report = await verify(folder)
    expect(report.findings).toHaveLength(10_000)
    expect(report.findingsOmitted).toBeGreaterThan(100)
  })

  test('hostile names are printed escaped and cut', async () => {
    const files = await bagFiles()
    files.set('data/\u001b[31m\u202E\nname', Buffer.from(''))
    files.set(`data/${'x'.repeat(200)}`, Buffer.from(''))
    const told: string[] = []
    const { findings } = await verify(folderOf(files), { onFile: ({ path }) => void told.push(path) })
    for (const path of [...told, ...findings.map(({ path }) => path ?? '')]) expect(path).toMatch(/^[ -~]{1,140}$/)
  })
})

describe('no archive', () => {
  test.each<[string, (folder: string) => string, string]>([
    ['a path with nothing', (folder) => join(folder, 'nothing'), 'ARCHIVE_NOT_FOUND'],
    ['an empty folder', (folder) => folder, 'NOT_AN_ARCHIVE'],
    [
      'a folder that only holds an archive',
      (folder) => {
        mkdirSync(join(folder, 'a'))
        writeFileSync(join(folder, 'a/bagit.txt'), '')
        return folder
      },
      'NOT_AN_ARCHIVE',
    ],
    [
      'a text file',
      (folder) => {
        writeFileSync(join(folder, 'a'), 'text')
        return join(folder, 'a')
      },
      'NOT_AN_ARCHIVE',
    ],
    [
      'an empty file',
      (folder) => {
        writeFileSync(join(folder, 'a'), '')
        return join(folder, 'a')
      },
      'NOT_AN_ARCHIVE',
    ],
    ['a device', () => '/dev/null', 'NOT_AN_ARCHIVE'],
  ])('%s', async (_, make, code) => {
    await expect(verify(make(temporaryFolder()))).rejects.toMatchObject({ code, kind: 'not-found' })
  })

  test('more files than allowed', async () => {
    const folder = folderOf(await bagFiles())
    const files = filesBelow(folder).length
    await expect(verify(folder, { maxFiles: files - 1 })).rejects.toMatchObject({ code: 'NOT_AN_ARCHIVE' })
    expect((await verify(folder, { maxFiles: files })).verdict).toBe('valid')
  })
})

test('an abort throws the reason, before and in the middle', async () => {
  const { path } = await writeArchive(temporaryFolder(), sampleSource(2_000), { container: 'zip' })
  const reason = new Error('enough')
  await expect(verify(path, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
  const controller = new AbortController()
  const verifying = verify(path, { signal: controller.signal, onFile: () => controller.abort(reason) })
  await expect(verifying).rejects.toBe(reason)
})
