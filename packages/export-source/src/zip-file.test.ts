import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { deflateRawSync } from 'node:zlib'
import { CustodyError } from '@custody/pipeline'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { exportFiles } from './export-files.ts'
import { defaultLimits, type ExportLimits } from './limits.ts'
import { buildZip, type ZipPiece, zip64End } from './testing/build-zip.ts'
import { leftIn, temporaryFolder } from './testing/temporary-folder.ts'
import { writeZip } from './testing/write-zip.ts'

const never = new AbortController().signal

/** Reads every file of a path to its end. */
async function readAll(
  path: string,
  directory: string,
  limits: Partial<ExportLimits> = {},
  signal = never,
): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>()
  const places = { paths: [path], directory, limits: { ...defaultLimits, ...limits }, isIgnored: () => false }
  for await (const { name, read } of exportFiles(places, signal)) {
    const chunks: Buffer[] = []
    for await (const chunk of read(signal)) chunks.push(chunk)
    files.set(name.slice(name.indexOf('/') + 1), Buffer.concat(chunks).toString('latin1'))
  }
  return files
}

async function readBytes(bytes: Buffer, limits: Partial<ExportLimits> = {}): Promise<ReadonlyMap<string, string>> {
  const folder = await temporaryFolder()
  const path = join(folder, 'export.zip')
  const scratch = join(folder, 'scratch')
  await writeFile(path, bytes)
  try {
    return await readAll(path, scratch, limits)
  } finally {
    expect(await leftIn(scratch)).toEqual([])
  }
}

const honest: ZipPiece = { name: 'entries.csv', content: 'a,b\n1,2\n' }
const zeros = Buffer.alloc(3 * 1024 * 1024)

describe('honest ZIPs are read', () => {
  test.each([[{ store: true }], [{ store: false }]])('as archiver writes them, %j', async (options) => {
    const folder = await temporaryFolder()
    const content = Buffer.from('text,'.repeat(200_000), 'latin1')
    const path = await writeZip(join(folder, 'a.zip'), { 'a.csv': content, 'deep/er/b é.csv': 'x', empty: '' }, options)
    const files = await readAll(path, folder)
    expect([...files.keys()].sort()).toEqual(['a.csv', 'deep/er/b é.csv', 'empty'])
    expect(files.get('a.csv')).toBe(content.toString('latin1'))
  })

  test('empty ones, and with folders', async () => {
    expect(await readBytes(buildZip([]))).toEqual(new Map())
    const folder = { name: 'f/', method: 0, externalAttributes: 0o40755 * 0x10000 }
    expect(await readBytes(buildZip([folder, honest]))).toEqual(new Map([['entries.csv', 'a,b\n1,2\n']]))
  })

  test('with a ZIP64 end, where the small one can tell nothing', async () => {
    const body = buildZip([honest, { ...honest, name: 'b.csv' }])
    const end = body.subarray(body.length - 22)
    const [size, offset] = [BigInt(end.readUInt32LE(12)), BigInt(end.readUInt32LE(16))]
    const wide = Buffer.concat([body.subarray(0, -22), zip64End(2n, size, offset, BigInt(body.length - 22))])
    expect(await readBytes(wide)).toHaveProperty('size', 2)
  })

  test('within each other, as deep as allowed', async () => {
    const one = buildZip([{ name: 'x.csv', content: 'deep' }])
    const two = buildZip([
      { name: 'one.zip', content: one },
      { name: 'Attachments/no.zip', content: 'whatever' },
    ])
    const three = buildZip([{ name: 'two.ZIP', content: two, method: 0 }])
    expect(await readBytes(three)).toEqual(
      new Map([
        ['two.ZIP/one.zip/x.csv', 'deep'],
        ['two.ZIP/Attachments/no.zip', 'whatever'],
      ]),
    )
    await expect(readBytes(buildZip([{ name: 'three.zip', content: three }]))).rejects.toMatchObject({
      code: 'EXPORT_ZIP_REFUSED',
    })
    await expect(readBytes(two, { depth: 1 })).rejects.toMatchObject({ code: 'EXPORT_ZIP_REFUSED' })
  })
})

const refused: readonly (readonly [string, Buffer])[] = [
  ...['../up.csv', 'a/../../b', '..', '/etc/passwd', 'C:/x', 'a\\b', '', 'a\0b', 'a\nb', '__proto__'].map(
    (name) => [`the name ${JSON.stringify(name)}`, buildZip([{ ...honest, name }])] as const,
  ),
  ['the same name twice', buildZip([honest, honest])],
  ['the same name but for case', buildZip([honest, { ...honest, name: 'ENTRIES.csv' }])],
  ['two names that are one in UTF-8', latinNames()],
  ['a symbolic link', buildZip([{ ...honest, externalAttributes: 0o120777 * 0x10000 }])],
  ['a device', buildZip([{ ...honest, externalAttributes: 0o20666 * 0x10000 }])],
  ['an encrypted entry', buildZip([{ ...honest, flags: 1 }])],
  ['a strongly encrypted entry', buildZip([{ ...honest, flags: 0x41 }])],
  ['masked headers', buildZip([{ ...honest, flags: 0x2000 }])],
  ...[1, 9, 12, 14, 93, 99].map((method) => [`method ${method}`, buildZip([{ ...honest, method }])] as const),
  ['a bomb by ratio', buildZip([{ name: 'a.csv', content: zeros }])],
  [
    'entries that share bytes',
    buildZip([honest, { ...honest, name: 'b', central: { offset: 0 }, local: { name: 'b' } }]),
  ],
  ['entries within each other', overlapping()],
  ['another name in the local header', buildZip([{ ...honest, local: { name: 'other.csvx' } }])],
  ['another method in the local header', buildZip([{ ...honest, local: { method: 0 } }])],
  ['another size in the local header', buildZip([{ ...honest, local: { size: 9 } }])],
  ['one of several disks', buildZip([honest], { disk: 1 })],
  ['a folder with content', buildZip([{ ...honest, name: 'folder/', externalAttributes: 0 }])],
]

const damaged: readonly (readonly [string, Buffer])[] = [
  ['bytes behind its end', buildZip([honest], { suffix: Buffer.from('PK') })],
  ['a wrong CRC', buildZip([{ ...honest, central: { crc: 1 }, local: { crc: 1 } }])],
  ['a wrong CRC of a stored entry with a descriptor', descriptor({ crc: 1 })],
  ['an entry that unpacks to more', buildZip([{ ...honest, central: { size: 7 }, local: { size: 7 } }])],
  ['an entry that unpacks to less', buildZip([{ ...honest, central: { size: 9 }, local: { size: 9 } }])],
  ['packed data that is none', buildZip([{ ...honest, method: 0, central: { method: 8 }, local: { method: 8 } }])],
  ['bytes behind packed data', behindData()],
  ['two sizes of a stored entry', buildZip([{ ...honest, method: 0, central: { size: 9 }, local: { size: 9 } }])],
  ['an entry beyond the file', buildZip([{ ...honest, central: { offset: 5000 } }])],
  ['more entries than it says', buildZip([honest, { ...honest, name: 'b' }], { entryCount: 1 })],
  ['fewer entries than it says', buildZip([honest], { entryCount: 2 })],
  ['an extra field longer than its place', buildZip([{ ...honest, extra: Buffer.from([1, 0, 200, 0]) }])],
  ['the 98 bytes that end node-stream-zip', zip64End(1n, 46n, 0x7fffffffffffffffn, 0n)],
  ['a directory larger than the file', zip64End(1n, 0x7fffffffffffffffn, 0n, 0n)],
  ['a ZIP64 record elsewhere', zip64End(1n, 0n, 0n, 7n)],
  ['a ZIP64 record beyond the file', zip64End(1n, 0n, 0n, 0xffffffffffffffffn)],
]

describe('hostile and damaged ZIPs end in an error', () => {
  test.each(refused)('%s', async (_, bytes) => {
    await expect(readBytes(bytes)).rejects.toMatchObject({ code: 'EXPORT_ZIP_REFUSED' })
  })
  test.each(damaged)('%s', async (_, bytes) => {
    await expect(readBytes(bytes)).rejects.toMatchObject({ code: 'EXPORT_ZIP_DAMAGED' })
  })

  test('more entries than allowed', async () => {
    const endless = buildZip([{ name: 'in.zip', content: zip64End(0xffffffffffffn, 46n, 0n, 0n) }])
    await expect(readBytes(endless)).rejects.toMatchObject({ code: 'EXPORT_ZIP_REFUSED' })
    const two = buildZip([honest, { ...honest, name: 'b' }])
    await expect(readBytes(two, { entries: 1 })).rejects.toMatchObject({ code: 'EXPORT_ZIP_REFUSED' })
    await expect(readBytes(two, { entries: 2 })).resolves.toHaveProperty('size', 2)
  })

  test('a bomb by what is within it, each layer harmless by itself', async () => {
    const layer = (bytes: Buffer): Buffer =>
      buildZip(Array.from({ length: 40 }, (_, i) => ({ name: `${i}.zip`, content: bytes })))
    // 1 MiB of zeros packs to a thousandth, below the size at which growth matters.
    const bomb = layer(layer(buildZip([{ name: 'a.csv', content: zeros.subarray(0, 1 << 20) }])))
    await expect(readBytes(bomb)).rejects.toMatchObject({ code: 'EXPORT_ZIP_REFUSED' })
  })

  test('more bytes than allowed, the very number is fine', async () => {
    await expect(readBytes(buildZip([honest]), { unpackedBytes: 7 })).rejects.toMatchObject({
      code: 'EXPORT_ZIP_REFUSED',
    })
    await expect(readBytes(buildZip([honest]), { unpackedBytes: 8 })).resolves.toHaveProperty('size', 1)
  })

  test('a ZIP cut anywhere', async () => {
    const whole = buildZip([honest, { name: 'b.csv', content: 'x'.repeat(3000) }])
    for (let length = 4; length < whole.length; length += 7) {
      await expect(readBytes(whole.subarray(0, length))).rejects.toMatchObject({ code: 'EXPORT_ZIP_DAMAGED' })
    }
  })

  test('a ZIP with any bytes changed gives what it held, or an error', async () => {
    const original = buildZip([
      honest,
      { name: 'b.csv', content: 'stored content', method: 0 },
      { name: 'c', content: 'cc'.repeat(50) },
    ])
    const held = await readBytes(original)
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(original.length - 1), fc.nat(255)), { minLength: 1, maxLength: 3 }),
        async (changes) => {
          const bytes = Buffer.from(original)
          for (const [at, byte] of changes) bytes[at] = byte
          fc.pre(bytes.readUInt32LE(0) === 0x04034b50)
          const outcome = await readBytes(bytes).catch((error) => error)
          if (outcome instanceof Map) {
            for (const content of outcome.values()) expect([...held.values()]).toContain(content)
          } else expect(CustodyError.isInstance(outcome) && outcome.code).toMatch(/^EXPORT_ZIP_/)
        },
      ),
      { numRuns: 300 },
    )
  })
})

test('leaving early, again and again, disturbs nobody', async () => {
  const folder = await temporaryFolder()
  const path = await writeZip(join(folder, 'a.zip'), { 'a.csv': Buffer.from('text,'.repeat(300_000)) })
  const places = { paths: [path], directory: folder, limits: defaultLimits, isIgnored: () => false }
  for (let round = 0; round < 200; round += 1) {
    for await (const { read } of exportFiles(places, never)) {
      if (round % 2 === 0) for await (const _ of read(never)) break
      break
    }
  }
})

test('an abort ends reading', async () => {
  const folder = await temporaryFolder()
  const path = await writeZip(join(folder, 'a.zip'), { 'a.csv': Buffer.from('text,'.repeat(300_000)) })
  await expect(readAll(path, folder, {}, AbortSignal.abort(new Error('stop')))).rejects.toThrow('stop')
})

/** Two names that differ in bytes which are no UTF-8. */
function latinNames(): Buffer {
  const bytes = buildZip([
    { ...honest, name: 'name-1' },
    { ...honest, name: 'name-2' },
  ])
  for (const [name, byte] of [
    ['name-1', 0xe4],
    ['name-2', 0xf6],
  ] as const) {
    for (let at = bytes.indexOf(name); at >= 0; at = bytes.indexOf(name, at + 1)) bytes[at + 5] = byte
  }
  return bytes
}

/** An entry whose data holds the header of another one. */
function overlapping(): Buffer {
  const inner = buildZip([{ name: 'b', content: 'x', method: 0 }]).subarray(0, 32)
  const outer = { name: 'a', content: inner, method: 0 }
  const crcOfX = { name: 'b', content: 'x', method: 0, central: { offset: 31 } }
  return buildZip([outer, crcOfX])
}

function descriptor(facts: { readonly crc: number }): Buffer {
  const content = 'stored content'
  const sizes = { size: content.length, compressedSize: content.length }
  const open = { crc: 0, size: 0, compressedSize: 0 }
  const behind = Buffer.alloc(16)
  behind.writeUInt32LE(0x08074b50, 0)
  return buildZip([
    { name: 'a.csv', content, method: 0, flags: 8, local: open, central: { ...sizes, ...facts }, behind },
  ])
}

function behindData(): Buffer {
  const packed = deflateRawSync('a,b\n1,2\n')
  const content = Buffer.concat([packed, Buffer.from('hidden')])
  const honestFacts = { method: 8, crc: 0x0, size: 8 }
  return buildZip([{ name: 'a.csv', content, method: 0, local: honestFacts, central: honestFacts }])
}
