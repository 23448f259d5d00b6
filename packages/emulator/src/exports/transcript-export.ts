import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { recordId15 } from '../ids.ts'
import { platformAssumed } from '../platform-assumptions.ts'
import { type EntryRange, type ExportedOrg, exportEntries } from './export-entries.ts'
import {
  apiLines,
  conversationDmoCsv,
  entryDmoCsv,
  offCoreCsv,
  participantDmoCsv,
  relatedRecordCsv,
} from './layouts.ts'
import { zipBytes, zipFile } from './zip-writer.ts'

/** Where a transcript export is written, and in which of the layouts seen in the field. */
export interface TranscriptExportOptions {
  /**
   * - `csv`: CSV in UTF-8 with the names of the off-core schema.
   * - `ndjson`: an entry a line with the names of the API.
   * - `nested-zip`: ZIPs in ZIPs, CSV in UTF-16 with the names of the data model objects.
   */
  readonly layout: 'csv' | 'ndjson' | 'nested-zip'
  /** Made if it is not there. */
  readonly directory: string
  /** How many files the entries are cut into. @defaultValue 3 for `nested-zip`, else 1 */
  readonly parts?: number
  /** Entries by conversation, or of a few hundred conversations by turns. @defaultValue 'interleaved' */
  readonly order?: 'grouped' | 'interleaved'
}

/**
 * The export of all conversation transcripts of all time, which Setup offers once in seven days. That it exists is all
 * that is documented. Gives the paths of the files it wrote; memory does not grow with what they hold.
 */
export async function transcriptExport(org: ExportedOrg, options: TranscriptExportOptions): Promise<readonly string[]> {
  const { layout, directory, order = 'interleaved' } = options
  const parts = options.parts ?? (layout === 'nested-zip' ? 3 : 1)
  await mkdir(directory, { recursive: true })
  const date = new Date(org.clock.now())
  const ranges = Array.from({ length: parts }, (_, part): EntryRange => ({ part, parts, order }))
  // A lost part is one that nobody ever sees.
  const delivered = parts > 1 && org.losses.losesLastPage('transcript-export') ? ranges.slice(0, -1) : ranges
  const name = (base: string, number: number): string => `${base}_${recordId15('Organization', 1)}_${number}`

  const paths: string[] = []
  for (const range of delivered) {
    const { csv, ndjson, nested } = platformAssumed.exportNames
    const base = { csv, ndjson, 'nested-zip': nested }[layout]
    const path = join(directory, `${name(base, range.part + 1)}.zip`)
    const zip = zipFile(path, date)
    const entries = exportEntries(org, range)
    const number = range.part + 1
    switch (layout) {
      case 'csv':
        await zip.add(`conversation_entry_${number}.csv`, offCoreCsv(org, entries))
        if (number === 1) await zip.add('related_record.csv', relatedRecordCsv(org))
        break
      case 'ndjson':
        await zip.add(`${ndjson}-${String(number).padStart(5, '0')}.ndjson`, apiLines(org, entries))
        break
      case 'nested-zip': {
        const inner = async (object: string, chunks: Iterable<Buffer>): Promise<void> =>
          zip.add(`${object}_${number}.zip`, zipBytes(`${object}.csv`, chunks, date), { store: true })
        await inner('std__ConversationEntryDmo', entryDmoCsv(org, entries))
        if (number > 1) break
        await inner('std__ConversationDmo', conversationDmoCsv(org))
        await inner('std__EngagementChannelParticipantDmo', participantDmoCsv(org))
      }
    }
    await zip.close()
    paths.push(path)
  }
  return paths
}
