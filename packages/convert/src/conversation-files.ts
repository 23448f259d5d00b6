import { mkdir, open } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { MasterConversation } from '@custody/archive'
import { type CsvTable, encodeCsvHeader, encodeCsvRows, fileWriter } from '@custody/sinks'

/** Makes the file of one conversation. */
export type EncodeConversation = (conversation: MasterConversation) => string | Uint8Array | Promise<Uint8Array>

interface IndexRow {
  readonly file: string
  readonly conversation: MasterConversation
}

const indexTable: CsvTable<IndexRow> = {
  name: 'index.csv',
  columns: [
    { name: 'file', description: 'The file', cell: ({ file }) => file },
    { name: 'conversation', description: 'Its conversation', cell: ({ conversation }) => conversation.identifier },
    { name: 'channel', description: 'Name of the channel', cell: ({ conversation }) => conversation.channelName },
    {
      name: 'first_entry_at',
      description: 'Server time of its first entry',
      cell: ({ conversation }) => conversation.entries[0]?.sentAt ?? conversation.startTime,
    },
    { name: 'entries', description: 'Number of its entries', cell: ({ conversation }) => conversation.entries.length },
  ],
}

/** More make most file managers slow. */
const filesPerFolder = 1_000
/** Files that are written side by side: flushing each to the disk is what takes the time. */
const atOnce = 16

/** One file a conversation, and index.csv, which says whose each is. */
export class ConversationFiles {
  readonly #folder: string
  readonly #extension: string
  readonly #encode: EncodeConversation
  readonly #index: ReturnType<typeof fileWriter>
  #written = 0
  #rows: IndexRow[] = []
  #pending: Promise<void>[] = []

  constructor(folder: string, extension: string, encode: EncodeConversation, bom: boolean) {
    this.#folder = folder
    this.#extension = extension
    this.#encode = encode
    this.#index = fileWriter(join(folder, indexTable.name))
    this.#header = encodeCsvHeader(indexTable.columns, { bom })
  }

  #header: string

  async add(conversation: MasterConversation): Promise<void> {
    const file = conversationFile(this.#written, conversation.identifier, this.#extension)
    this.#written += 1
    this.#rows.push({ file, conversation: { ...conversation, sessions: [], participants: [] } })
    const bytes = await this.#encode(conversation)
    this.#pending.push(writeWhole(join(this.#folder, file), bytes))
    if (this.#pending.length >= atOnce) await this.#flush()
  }

  /** Gives the number of files. */
  async close(): Promise<number> {
    await this.#flush()
    await this.#index.write(this.#header)
    await this.#index.close()
    return this.#written + 1
  }

  async discard(): Promise<void> {
    await Promise.allSettled(this.#pending)
    await this.#index.discard()
  }

  async #flush(): Promise<void> {
    const pending = this.#pending
    this.#pending = []
    const done = await Promise.allSettled(pending)
    for (const each of done) if (each.status === 'rejected') throw each.reason
    await this.#index.write(this.#header + encodeCsvRows(indexTable.columns, this.#rows))
    this.#header = ''
    this.#rows = []
  }
}

/**
 * `0000/000012-<identifier>.txt`, by the place in the archive: so two identifiers that are one on half of the world's disks, or the same
 * device of Windows, are two files all the same. What could not stand in a path is left out of it; index.csv has it.
 */
export function conversationFile(index: number, identifier: string, extension: string): string {
  const folder = String(Math.floor(index / filesPerFolder)).padStart(4, '0')
  const number = String(index + 1).padStart(7, '0')
  const name = /^[A-Za-z0-9][A-Za-z0-9_-]{0,79}$/.test(identifier) ? `${number}-${identifier}` : number
  return `${folder}/${name}.${extension}`
}

async function writeWhole(path: string, bytes: string | Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await using file = await open(path, 'wx')
  await file.writeFile(bytes)
  await file.sync()
}
