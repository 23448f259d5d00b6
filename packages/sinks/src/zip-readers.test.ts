import { randomBytes } from 'node:crypto'
import { closeSync, mkdirSync, openSync, truncateSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from './testing/temporary-folder.ts'
import { isInstalled, zipReaders } from './testing/zip-readers.ts'
import { zipFolder } from './zip-folder.ts'

const gib = 2 ** 30
const readers = Object.entries(zipReaders).filter(([command]) => isInstalled(command))

interface Made {
  readonly zip: string
  readonly files: readonly { readonly name: string; readonly size: number }[]
}

/** Shapes of ZIPs, and how each is made. The large ones take minutes. */
const shapes: Readonly<Record<string, () => Promise<Made>>> = {
  'an ordinary ZIP': () =>
    make({ 'bagit.txt': 55, 'data/empty.csv': 0, 'data/conversations/part-00001.jsonl': 3_000_000 }),
  ...(process.env['SLOW'] && {
    'more files than 16 bits count': () => make(many(70_000)),
    'a file larger than 32 bits count': () => makeLarge(4 * gib + 5),
  }),
}

test('Info-ZIP and Python are here to read with', () => {
  expect(readers.map(([command]) => command)).toEqual(expect.arrayContaining(['unzip', 'python3']))
})

test.each(Object.entries(shapes))(
  'every reader at hand reads %s as it was written',
  { timeout: 600_000 },
  async (_, prepare) => {
    const { zip, files } = await prepare()
    for (const [command, read] of readers) expect({ command, files: read(zip) }).toEqual({ command, files })
  },
)

/** A ZIP of files of these sizes, of bytes that do not deflate. */
async function make(sizes: Readonly<Record<string, number>>): Promise<Made> {
  const root = temporaryFolder()
  const folder = join(root, 'bag')
  for (const [name, size] of Object.entries(sizes)) {
    mkdirSync(join(folder, name, '..'), { recursive: true })
    writeFileSync(join(folder, name), randomBytes(size))
  }
  const zip = join(root, 'bag.zip')
  await zipFolder(folder, zip, { order: Object.keys(sizes), top: 'top' })
  return { zip, files: Object.entries(sizes).map(([name, size]) => ({ name: `top/${name}`, size })) }
}

function many(count: number): Record<string, number> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`data/${index}`, index % 3]))
}

/** A file with holes, stored as it is, so that the ZIP itself is larger than 4 GiB, and a file behind it. */
async function makeLarge(size: number): Promise<Made> {
  const root = temporaryFolder()
  const folder = join(root, 'bag')
  mkdirSync(folder)
  const large = openSync(join(folder, 'large'), 'w')
  writeSync(large, 'begins')
  closeSync(large)
  truncateSync(join(folder, 'large'), size)
  writeFileSync(join(folder, 'last'), 'ends')
  const zip = join(root, 'bag.zip')
  await zipFolder(folder, zip, { order: ['large', 'last'], stored: new Set(['large']), top: 'top' })
  return {
    zip,
    files: [
      { name: 'top/large', size },
      { name: 'top/last', size: 4 },
    ],
  }
}
