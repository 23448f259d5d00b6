import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { MerkleTree } from '@custody/seal'
import { expect } from 'vitest'
import { temporaryFolder } from './temporary-folder.ts'
import { filesBelow } from './write-archive.ts'

/** The archive as a folder: a ZIP is unpacked by another reader than ours. */
export function folderOf(path: string): string {
  if (!path.endsWith('.zip')) return path
  const folder = temporaryFolder()
  execFileSync('unzip', ['-q', path, '-d', folder])
  return join(folder, readdirSync(folder)[0] ?? '')
}

export function contentOf(folder: string): Map<string, Buffer> {
  return new Map(filesBelow(folder).map((file) => [file, readFileSync(join(folder, file))]))
}

const sha256 = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex')

/** A look of its own at the manifests, the tree and the records. */
export function checkBag(
  files: ReadonlyMap<string, Buffer>,
  before: ReadonlyMap<string, Buffer>,
  erased: readonly number[],
): void {
  const text = (path: string): string => String(files.get(path))
  const lines = (path: string): string[] => text(path).split('\n').slice(0, -1)
  const listed = ['manifest-sha256.txt', 'tagmanifest-sha256.txt'].flatMap(lines)
  for (const line of listed) expect(line.slice(0, 64), line).toBe(sha256(files.get(line.slice(66)) ?? ''))
  expect(listed).toHaveLength(files.size - 1)
  expect(text('integrity/leaves.txt')).toBe(String(before.get('integrity/leaves.txt')))
  const leaves = lines('integrity/leaves.txt')
  const tree = new MerkleTree()
  for (const leaf of leaves) tree.add(Buffer.from(leaf, 'hex'))
  expect(tree.root()).toBe(JSON.parse(String(before.get('run.json'))).recordsRoot)
  const records = lines('integrity/records.jsonl')
  const master = [...files.keys()]
    .filter((path) => path.startsWith('data/conversations/'))
    .sort()
    .flatMap(lines)
  expect([records.length, master.length]).toEqual([leaves.length, leaves.length])
  for (const [index, record] of records.entries()) {
    if (erased.includes(index)) {
      expect(record).toMatch(/^\{"index":\d+,"erased":"ER-[A-Z2-7]{16}"\}$/)
      const { erased: id } = JSON.parse(record)
      expect(JSON.parse(record).index).toBe(index)
      expect(master[index]).toBe(`{"v":1,"erased":{"index":${index},"erasure":"${id}"}}`)
    } else {
      expect(sha256(`\0${record}\n`)).toBe(leaves[index])
      const { path, line, sha256: hash } = JSON.parse(record)
      expect(sha256(`${lines(path)[line - 1]}\n`)).toBe(hash)
    }
  }
}
