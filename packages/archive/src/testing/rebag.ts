import { createHash } from 'node:crypto'
import { leafHash, MerkleTree } from '@custody/seal'
import { encodeRecord } from '../record-line.ts'
import { encodeRecordTombstone, tombstoneOf } from '../tombstone.ts'
import { remanifest } from './bag-files.ts'

type BagFiles = Map<string, Buffer | string>

/** Changes run.json, keeping its form. */
export function changeRun(files: BagFiles, change: (run: Record<string, unknown>) => object): void {
  const run: Record<string, unknown> = JSON.parse(String(files.get('run.json')))
  files.set('run.json', `${JSON.stringify(change(run), null, 2)}\n`)
}

/** Makes everything that sums up the payload anew: sizes and manifests. */
export function rebag(files: BagFiles): BagFiles {
  let bytes = 0
  let count = 0
  for (const [path, content] of files) {
    if (!path.startsWith('data/')) continue
    bytes += Buffer.byteLength(content)
    count += 1
  }
  const payloadOxum = `${bytes}.${count}`
  if (files.has('run.json')) changeRun(files, (run) => ({ ...run, payloadOxum }))
  files.set('bag-info.txt', String(files.get('bag-info.txt')).replace(/(?<=^Payload-Oxum: ).*/m, payloadOxum))
  return remanifest(files)
}

/** Makes records, leaves and root anew as well: what somebody can do who has everything but the key of the seal. */
export function recommit(files: BagFiles): BagFiles {
  const tree = new MerkleTree()
  let records = ''
  let leaves = ''
  const parts = [...files.keys()].filter((path) => path.startsWith('data/conversations/')).sort()
  for (const path of parts) {
    let line = 0
    for (const text of linesOf(files, path)) {
      line += 1
      const bytes = Buffer.from(text)
      const tombstone = tombstoneOf(bytes)
      const sha256 = createHash('sha256').update(bytes).digest('hex')
      const salt = text.slice(15, 58)
      const record =
        tombstone === null
          ? encodeRecord({ index: tree.size, path, line, size: bytes.length, sha256, salt })
          : encodeRecordTombstone(tombstone)
      const leaf = leafHash(record)
      tree.add(leaf)
      records += record
      leaves += `${leaf.toString('hex')}\n`
    }
  }
  files.set('integrity/records.jsonl', records)
  files.set('integrity/leaves.txt', leaves)
  changeRun(files, (run) => ({ ...run, recordsRoot: tree.root() }))
  return rebag(files)
}

/** The lines of a file, each with its line end. */
export function linesOf(files: ReadonlyMap<string, Buffer | string>, path: string): string[] {
  return String(files.get(path)).match(/[^\n]*\n|[^\n]+$/g) ?? []
}

export const erasureId = 'ER-ABCDEFGHIJKLMNOP'

/** Erases the first conversation, as the format says. */
export function eraseFirst(files: BagFiles): BagFiles {
  const part = 'data/conversations/part-00001.jsonl'
  const { conversation, entries } = JSON.parse(linesOf(files, part)[0] ?? '')
  const isOfIt = (line: string): boolean => line.includes(conversation.identifier)
  files.set(part, `{"v":1,"erased":{"index":0,"erasure":"${erasureId}"}}\n`)
  const [, ...records] = linesOf(files, 'integrity/records.jsonl')
  files.set('integrity/records.jsonl', [`{"index":0,"erased":"${erasureId}"}\n`, ...records].join(''))
  const erasure = {
    v: 1,
    id: erasureId,
    indexes: [0],
    basis: 'consent-withdrawn',
    reference: null,
    erasedAt: '2026-11-03T00:00:00.000Z',
    operator: 'cli',
    supersedes: null,
  }
  files.set('integrity/erasures.jsonl', `${JSON.stringify(erasure)}\n`)
  const remove = (path: string): void => {
    files.set(
      path,
      linesOf(files, path)
        .filter((line) => !isOfIt(line))
        .join(''),
    )
  }
  for (const name of ['conversations', 'entries', 'participants']) remove(`data/csv/${name}.csv`)
  remove('data/reports/redactions.jsonl')
  for (const name of ['reconciliation', 'witnesses', 'differences', 'gaps']) {
    let text = String(files.get(`data/reports/${name}.csv`))
    for (const id of [
      conversation.identifier,
      conversation.recordId,
      ...entries.map(({ entryId }: { entryId: string }) => entryId),
    ]) {
      text = text.replaceAll(id, 'erased')
    }
    files.set(`data/reports/${name}.csv`, text)
  }
  changeRun(files, ({ counts, payloadOxum, ...run }) => {
    const { recordsRoot, finishedAt, run: facts, ...head } = run
    return { ...head, counts, erased: 1, payloadOxum, recordsRoot, finishedAt, run: facts }
  })
  return rebag(files)
}
