import { leafHash, MerkleTree } from '@custody/seal'
import type { FileWriter } from '@custody/sinks'
import { partPath } from './bag.ts'
import type { BagStore } from './bag-store.ts'
import type { EncodedConversations } from './encoded-conversations.ts'
import { encodeRecord } from './record-line.ts'

/** Writes the master, cut into parts, and beside it a record and a leaf for each line. */
export class MasterWriter {
  readonly #store: BagStore
  readonly #partBytes: number
  readonly #records: FileWriter
  readonly #leaves: FileWriter
  readonly #tree = new MerkleTree()
  // The first part is there even when it stays empty.
  #part: { readonly number: number; readonly path: string; readonly writer: FileWriter; lines: number; bytes: number }

  constructor(store: BagStore, partBytes: number) {
    this.#store = store
    this.#partBytes = partBytes
    this.#records = store.write('integrity/records.jsonl')
    this.#leaves = store.write('integrity/leaves.txt')
    this.#part = this.#begin(1)
  }

  async add({ lines, places }: Pick<EncodedConversations, 'lines' | 'places'>): Promise<void> {
    let records = ''
    let leaves = ''
    // Lines that follow on each other in a part are written at once.
    let from = 0
    let end = 0
    for (const { size, sha256, salt } of places) {
      if (this.#part.lines > 0 && this.#part.bytes + size > this.#partBytes) {
        await this.#part.writer.write(lines.subarray(from, end))
        from = end
        await this.#part.writer.close()
        this.#part = this.#begin(this.#part.number + 1)
      }
      end += size
      this.#part.lines += 1
      this.#part.bytes += size
      const { path, lines: line } = this.#part
      const record = encodeRecord({ index: this.#tree.size, path, line, size, sha256, salt })
      const leaf = leafHash(record)
      this.#tree.add(leaf)
      records += record
      leaves += `${leaf.toString('hex')}\n`
    }
    await this.#part.writer.write(lines.subarray(from, end))
    await this.#records.write(records)
    await this.#leaves.write(leaves)
  }

  /** Finishes the files; gives the root over the records. */
  async close(): Promise<string> {
    await this.#part.writer.close()
    await this.#records.close()
    await this.#leaves.close()
    return this.#tree.root()
  }

  #begin(number: number): { number: number; path: string; writer: FileWriter; lines: number; bytes: number } {
    const path = partPath(number)
    return { number, path, writer: this.#store.write(path), lines: 0, bytes: 0 }
  }
}
