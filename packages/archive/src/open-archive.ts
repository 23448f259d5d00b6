import { parseJson } from '@custody/model'
import { PART_PATTERN } from './bag.ts'
import { type Container, notArchive, openContainer } from './container.ts'
import { FileFault, Findings } from './findings.ts'
import { conversationShape } from './line-shapes.ts'
import { type MasterConversation, masterConversation } from './master-conversation.ts'
import { masterLines } from './master-lines.ts'
import type { PageSource } from './page.ts'
import type { RunDocument } from './run-document.ts'
import { runSchema } from './schemas.ts'
import { tombstoneOf } from './tombstone.ts'

/** An archive as it stands, damaged or not. */
export interface OpenArchive extends PageSource<RunDocument>, AsyncDisposable {
  /** Every file that can be read, with its size in bytes: those of the seal and the manifests, too. */
  readonly files: ReadonlyMap<string, number>
  /** Lines of the master that are neither a conversation nor what stands for an erased one; of the readings that were begun. */
  readonly passedOver: number
}

const filesAllowed = 1_000_000
const runMaxBytes = 4 * 1024 * 1024

/**
 * Opens an archive as far as it can be read, and checks nothing: `verify()` does. What of the master is no conversation is passed over, and
 * counted; a file whose end cannot be read ends there, and counts once.
 *
 * @throws CustodyError of kind not-found: `ARCHIVE_NOT_FOUND`; `NOT_AN_ARCHIVE`, also where its run.json cannot be read
 */
export async function openArchive(path: string): Promise<OpenArchive> {
  const container = await openContainer(path, { files: filesAllowed }, new Findings())
  try {
    const run = await readRun(container)
    if (run === null) throw notArchive(path, 'its run.json cannot be read')
    return new ArchiveAsItStands(container, run)
  } catch (error) {
    await container.close()
    throw error
  }
}

class ArchiveAsItStands implements OpenArchive {
  readonly run: RunDocument
  readonly files: ReadonlyMap<string, number>
  readonly #container: Container
  #passedOver = 0

  constructor(container: Container, run: RunDocument) {
    this.run = run
    this.files = container.files
    this.#container = container
  }

  get passedOver(): number {
    return this.#passedOver
  }

  read(path: string): AsyncIterable<Uint8Array> | undefined {
    return this.files.has(path) ? this.#container.read(path) : undefined
  }

  async *conversations(): AsyncGenerator<MasterConversation, void, undefined> {
    for (const part of [...this.files.keys()].filter((path) => PART_PATTERN.test(path)).sort()) {
      try {
        for await (const line of masterLines({
          has: () => true,
          read: () => this.#container.read(part),
          parts: () => [part],
        })) {
          if (tombstoneOf(line) !== null) continue
          const conversation = conversationOf(line)
          if (conversation === null) this.#passedOver += 1
          else yield conversation
        }
      } catch (error) {
        if (!(error instanceof FileFault)) throw error
        this.#passedOver += 1
      }
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#container.close()
  }
}

function conversationOf(line: Buffer): MasterConversation | null {
  try {
    const value: unknown = parseJson(line.toString('utf8'))
    return conversationShape(value) === null ? masterConversation(value) : null
  } catch {
    return null
  }
}

async function readRun(container: Container): Promise<RunDocument | null> {
  const bytes = container.files.get('run.json')
  if (bytes === undefined || bytes > runMaxBytes) return null
  try {
    const chunks: Buffer[] = []
    for await (const chunk of container.read('run.json')) chunks.push(chunk)
    return runSchema.parse(JSON.parse(Buffer.concat(chunks).toString('utf8')))
  } catch {
    return null
  }
}
