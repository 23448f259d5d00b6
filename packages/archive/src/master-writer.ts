import { createHash } from 'node:crypto'
import type { Conversation, Window } from '@custody/model'
import { leafHash, MerkleTree } from '@custody/seal'
import { encodeConversation, type FileWriter } from '@custody/sinks'
import { partPath } from './bag.ts'
import type { BagStore } from './bag-store.ts'
import { encodeRecord } from './record-line.ts'
import { recordSalt } from './salt.ts'

export interface MasterOptions {
  readonly window: Window
  readonly key: Uint8Array
  readonly partBytes: number
  /** Name of the archive, where it is an amendment. */
  readonly amendment?: string | undefined
}

/** Writes the master, cut into parts, and beside it a record and a leaf for each line. */
export class MasterWriter {
  readonly #store: BagStore
  readonly #options: MasterOptions
  readonly #records: FileWriter
  readonly #leaves: FileWriter
  readonly #tree = new MerkleTree()
  // The first part is there even when it stays empty.
  #part: { readonly number: number; readonly path: string; readonly writer: FileWriter; lines: number; bytes: number }

  constructor(store: BagStore, options: MasterOptions) {
    this.#store = store
    this.#options = options
    this.#records = store.write('integrity/records.jsonl')
    this.#leaves = store.write('integrity/leaves.txt')
    this.#part = this.#begin(1)
  }

  async add(conversation: Conversation): Promise<void> {
    const { key, window, amendment } = this.#options
    const salt = recordSalt(key, conversation.identifier, window, amendment)
    const line = Buffer.from(`${encodeConversation(conversation, { salt })}\n`)
    if (this.#part.lines > 0 && this.#part.bytes + line.length > this.#options.partBytes) {
      await this.#part.writer.close()
      this.#part = this.#begin(this.#part.number + 1)
    }
    await this.#part.writer.write(line)
    this.#part.lines += 1
    this.#part.bytes += line.length
    const record = encodeRecord({
      index: this.#tree.size,
      path: this.#part.path,
      line: this.#part.lines,
      size: line.length,
      sha256: createHash('sha256').update(line).digest('hex'),
      salt,
    })
    const leaf = leafHash(record)
    this.#tree.add(leaf)
    await this.#records.write(record)
    await this.#leaves.write(`${leaf.toString('hex')}\n`)
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
