import type { FileDigest } from '@custody/sinks'
import { AMENDMENTS_PATH } from './amendments-check.ts'
import {
  AUDIT_PART,
  encodeManifest,
  PART_PATTERN,
  PAYLOAD_MANIFEST,
  PAYLOAD_PREFIX,
  payloadOxum,
  REPORT_PAGE,
  SEAL_PREFIX,
  TAG_MANIFEST,
  TRANSCRIPTS_PAGE,
} from './bag.ts'
import { BagStore } from './bag-store.ts'
import { archivedLine, type FoundRecords, identifierOf } from './erase-find.ts'
import type { ErasureCounts, ErasureSettings } from './erase-options.ts'
import { type Edit, edited } from './erase-pieces.ts'
import { sameCell, unknownForm } from './erase-refusals.ts'
import {
  anonymousAmendments,
  anonymousRejects,
  anonymousRows,
  type ErasureTally,
  REPORT_TABLES,
  withoutRedactions,
  withoutRows,
} from './erase-reports.ts'
import type { SourceBag } from './erase-source.ts'
import { encodeErasure, encodeMasterTombstone, erasedBagInfo, erasedReadme, erasedRun } from './erase-tags.ts'
import { TokenSearch } from './erase-tokens.ts'
import { cellOf } from './erase-traces.ts'
import { ERASURES_PATH } from './erasures-check.ts'
import type { NoStore } from './no-store.ts'
import { archiveFacts, writeReport, writeTranscripts } from './page.ts'
import { LEAVES_PATH, RECORDS_PATH } from './records-check.ts'
import type { RunDocument } from './run-document.ts'
import { encodeRecordTombstone, tombstoneOf } from './tombstone.ts'

/** Where the new bag goes: a folder, or nowhere. */
export type ErasureStore = BagStore | NoStore

/** A bag that was written anew. */
export interface RewrittenBag {
  readonly removed: ErasureCounts
  readonly namedElsewhere: number
  /** All erased records of it. */
  readonly erased: number
  /** Lines of the master. */
  readonly records: number
  readonly payloadOxum: string
  readonly tagManifestSha256: string
}

/** Writes all files of a bag but the seal, without what is to be erased. Streams: holds a line or row at a time. */
export class BagRewriter {
  readonly #bag: SourceBag
  readonly #store: ErasureStore
  readonly #settings: ErasureSettings
  readonly #found: FoundRecords
  readonly #onFile: () => void
  readonly #removed = { lines: 0, rows: 0, anonymised: 0, files: 0, bytes: 0 }
  readonly #tally: ErasureTally = {
    removed: (kind, bytes) => {
      this.#removed[kind] += 1
      this.#removed.bytes += bytes
    },
    anonymised: () => {
      this.#removed.anonymised += 1
    },
  }
  #namedElsewhere = 0
  #erased = 0
  #records = 0

  constructor(
    bag: SourceBag,
    store: ErasureStore,
    settings: ErasureSettings,
    found: FoundRecords,
    onFile: () => void = () => undefined,
  ) {
    this.#bag = bag
    this.#store = store
    this.#settings = settings
    this.#found = found
    this.#onFile = onFile
  }

  /** `superseded`: the seal.txt of the archive as it was. */
  async run(superseded: Uint8Array | null): Promise<RewrittenBag> {
    // The master first: only its other lines tell which files nobody names any more.
    await this.#writeMaster()
    for (const [path, bytes] of this.#bag.files()) {
      if (PART_PATTERN.test(path) || path.startsWith(SEAL_PREFIX) || isRemade(path)) continue
      await this.#writeFile(path, bytes)
    }
    // The pages last: they are made of what was written.
    await this.#writeTranscripts()
    return { removed: this.#removed, ...(await this.#writeTags(superseded)), ...this.#totals() }
  }

  #totals(): Pick<RewrittenBag, 'namedElsewhere' | 'erased' | 'records'> {
    return { namedElsewhere: this.#namedElsewhere, erased: this.#erased, records: this.#records }
  }

  async #writeMaster(): Promise<void> {
    const { indexes, traces } = this.#found
    const { erasureId: erasure } = this.#settings
    const search = new TokenSearch(traces.candidates())
    for (const path of this.#bag.parts()) {
      await this.#edit(path, 'lines', (line) => {
        const index = this.#records
        this.#records += 1
        if (tombstoneOf(line)) {
          this.#erased += 1
          return line
        }
        if (indexes.has(index)) {
          this.#erased += 1
          this.#tally.removed('lines', line.length)
          return encodeMasterTombstone({ index, erasure })
        }
        if (traces.identifierCells.has(cellOf(identifierOf(line) ?? ''))) throw sameCell(this.#bag.path)
        if (traces.keep(search.find(line), () => archivedLine(line, path))) this.#namedElsewhere += 1
        return line
      })
    }
  }

  /** Everything besides the master, and besides what is made of the rest. */
  async #writeFile(path: string, bytes: number): Promise<void> {
    const { indexes, traces } = this.#found
    const { erasureId: erasure } = this.#settings
    const attachment = /^data\/attachments\/(?:[0-9a-f]{2}\/)?([0-9a-f]{64})(?:\.[a-z0-9]+)?$/.exec(path)
    if (attachment) {
      if (traces.files.has(attachment[1] ?? '')) this.#tally.removed('files', bytes)
      else await this.#copy(path)
    } else if (path === RECORDS_PATH) {
      let index = -1
      await this.#edit(path, 'lines', (line) => {
        index += 1
        return indexes.has(index) ? Buffer.from(encodeRecordTombstone({ index, erasure })) : line
      })
    } else if (/^data\/csv\/(?:conversations|entries|participants)\.csv$/.test(path)) {
      await this.#edit(path, 'rows', withoutRows(path, traces, this.#tally))
    } else if (path === 'data/reports/redactions.jsonl') {
      await this.#edit(path, 'lines', withoutRedactions(path, traces, this.#tally))
    } else if (path === 'data/reports/rejects.jsonl') {
      await this.#edit(path, 'lines', anonymousRejects(path, traces, this.#tally))
    } else if (path === AMENDMENTS_PATH) {
      await this.#edit(path, 'rows', anonymousAmendments(path, traces, this.#tally))
    } else if (REPORT_TABLES.has(path)) {
      await this.#edit(path, 'rows', anonymousRows(path, traces, this.#tally))
    } else if (path === AUDIT_PART) {
      const search = new TokenSearch(traces.candidates())
      await this.#edit(path, 'lines', (line) => {
        if (search.find(line).some((id) => traces.isConversation(id))) this.#namedElsewhere += 1
        return line
      })
    } else if (isKept(path)) await this.#copy(path)
    else throw unknownForm(path)
  }

  async #writeTranscripts(): Promise<void> {
    const { transcripts } = this.#settings.pages
    if (!transcripts || !(this.#store instanceof BagStore) || !this.#bag.has(TRANSCRIPTS_PAGE)) return
    await writeTranscripts(this.#store, transcripts, archiveFacts(await this.#run('')))
    this.#onFile()
  }

  async #writeReport(run: RunDocument): Promise<void> {
    const { report } = this.#settings.pages
    if (!report || !(this.#store instanceof BagStore) || !this.#bag.has(REPORT_PAGE)) return
    await writeReport(this.#store, report, run)
    this.#onFile()
  }

  async #run(payloadOxum: string): Promise<RunDocument> {
    return erasedRun(await this.#bag.text('run.json'), this.#erased, payloadOxum)
  }

  async #writeTags(superseded: Uint8Array | null): Promise<Pick<RewrittenBag, 'payloadOxum' | 'tagManifestSha256'>> {
    const store = this.#store
    const payload = select(store.files, (path) => path.startsWith(PAYLOAD_PREFIX))
    const oxum = payloadOxum(payload)
    const source = (path: string): Promise<string> => this.#bag.text(path)
    const erasures = this.#bag.has(ERASURES_PATH) ? await source(ERASURES_PATH) : ''
    await store.text(ERASURES_PATH, erasures + encodeErasure(this.#settings, this.#found.indexes, superseded))
    const run = await this.#run(oxum)
    await store.text('run.json', `${JSON.stringify(run, null, 2)}\n`)
    await this.#writeReport(run)
    await store.text('README.txt', erasedReadme(await source('README.txt'), this.#erased))
    await store.text('bag-info.txt', erasedBagInfo(await source('bag-info.txt'), oxum))
    await store.text(PAYLOAD_MANIFEST, encodeManifest(payload))
    const tags = select(store.files, (path) => !path.startsWith(PAYLOAD_PREFIX))
    const { sha256 } = await store.text(TAG_MANIFEST, encodeManifest(tags))
    return { payloadOxum: oxum, tagManifestSha256: sha256 }
  }

  async #copy(path: string): Promise<void> {
    await this.#write(path, this.#bag.read(path))
  }

  async #edit(path: string, form: 'lines' | 'rows', edit: Edit): Promise<void> {
    await this.#write(path, edited(path, this.#bag.read(path), form, edit))
  }

  async #write(path: string, chunks: AsyncIterable<Buffer>): Promise<void> {
    const writer = this.#store.write(path)
    for await (const chunk of chunks) await writer.write(chunk)
    await writer.close()
    this.#onFile()
  }
}

/** Tag files that say nothing of single conversations. */
function isKept(path: string): boolean {
  return (
    path === 'bagit.txt' ||
    path === 'VERIFY.txt' ||
    path === LEAVES_PATH ||
    /^schema\/[a-z0-9-]+\.schema\.json$/.test(path)
  )
}

/** What is made of the other files. */
function isRemade(path: string): boolean {
  const tags = ['run.json', 'README.txt', 'bag-info.txt', ERASURES_PATH, PAYLOAD_MANIFEST, TAG_MANIFEST]
  return [...tags, REPORT_PAGE, TRANSCRIPTS_PAGE].includes(path)
}

function select(files: ReadonlyMap<string, FileDigest>, wanted: (path: string) => boolean): Map<string, FileDigest> {
  return new Map([...files].filter(([path]) => wanted(path)))
}
