import { type Conversation, toInstant, type Window } from '@custody/model'
import { type Batch, defineSource, type Reject, type Source, usageError } from '@custody/pipeline'
import { classicTableName, legacyChat } from './assumptions.ts'
import { type ClassicParts, findClassicParts } from './classic-parts.ts'
import { type ExportFile, exportFiles } from './export-files.ts'
import { shown } from './failure.ts'
import { toLegacyChat } from './legacy-chat.ts'
import { defaultLimits, type ExportLimits } from './limits.ts'
import { defaultMapping } from './mapping.ts'
import { openTable, type Table } from './table.ts'

/** Which parts of a data export are read. */
export interface ClassicExportOptions {
  /** The parts, or folders that hold them. */
  readonly paths: readonly string[]
  /** Where ZIPs within ZIPs are unpacked to, nameless. */
  readonly directory: string
  /** Whether to go on without parts that are missing; the inventory names them. @defaultValue false */
  readonly allowMissingParts?: boolean
  /** A label of the WHATWG encoding standard. @defaultValue by byte order mark, else UTF-8 */
  readonly encoding?: string
  /** @defaultValue {@link defaultLimits} */
  readonly limits?: Partial<ExportLimits>
}

/** A record of an object, all of it as text. */
export interface ClassicRow {
  /** Salesforce's name of the object. */
  readonly object: string
  readonly fields: Readonly<Record<string, string>>
}

/** What the parts of a data export hold, and which are missing. */
export interface ClassicInventory {
  readonly orgId: string
  readonly parts: readonly number[]
  /** Parts below the highest number that are not there. Whether more follow it, no part says. */
  readonly missingParts: readonly number[]
  /** By name. */
  readonly objects: readonly { readonly object: string; readonly rows: number; readonly malformedRows: number }[]
  /** Files that are no tables: attachments and documents. */
  readonly otherFiles: number
}

/** A classic Data Export (weekly or monthly): the on-platform records, in several ZIPs. */
export interface ClassicExport {
  inventory(signal?: AbortSignal): Promise<ClassicInventory>
  /** The records of some objects, in the order of the parts. @defaultValue all objects */
  rows(objects?: readonly string[]): Source<ClassicRow>
  /** The chats of the legacy product (LiveChatTranscript) that ended inside of a window, each with its transcript as one entry. */
  chats(window: Window): Source<Conversation>
}

/**
 * Reads a classic Data Export.
 *
 * @throws CustodyError while reading: `EXPORT_NOT_CLASSIC`, `EXPORT_PARTS_MISSING`, `EXPORT_PARTS_MIXED`, `EXPORT_UNREADABLE`,
 * `EXPORT_ZIP_DAMAGED`, `EXPORT_ZIP_REFUSED`, `EXPORT_FILE_MALFORMED`, `EXPORT_ENCODING`, `EXPORT_DISK`.
 */
export function classicExport(options: ClassicExportOptions): ClassicExport {
  if (options.paths.length === 0) throw usageError('EXPORT_OPTION', 'classic-export: paths must name at least one file')
  return {
    async inventory(signal = new AbortController().signal) {
      const found = await findClassicParts(options.paths, options.allowMissingParts ?? false)
      const objects = new Map<string, { rows: number; malformedRows: number }>()
      let otherFiles = 0
      for await (const { object, table } of tablesIn(found, options, signal, () => true)) {
        if (!table) {
          otherFiles += 1
          continue
        }
        const counts = objects.get(object) ?? { rows: 0, malformedRows: 0 }
        objects.set(object, counts)
        for await (const lot of table.rows) {
          counts.rows += lot.length
          counts.malformedRows += lot.filter((row) => 'problem' in row).length
        }
      }
      const byName = [...objects].sort(([a], [b]) => (a < b ? -1 : 1))
      return {
        orgId: found.orgId,
        parts: found.parts.map(({ number }) => number),
        missingParts: found.missing,
        objects: byName.map(([object, counts]) => ({ object, ...counts })),
        otherFiles,
      }
    },
    rows(objects) {
      const wanted = objects && new Set(objects)
      const isWanted = (object: string): boolean => wanted?.has(object) ?? true
      return defineSource(ROWS, ({ signal }) => rowsOf(options, isWanted, ROWS, signal))
    },
    chats(window) {
      if (toInstant(window.from) !== window.from || toInstant(window.to) !== window.to || window.from >= window.to) {
        throw usageError('EXPORT_OPTION', 'classic-chats: window must hold two instants, from before to')
      }
      return defineSource(CHATS, ({ signal }) => chatsOf(options, window, signal))
    },
  }
}

const ROWS = 'classic-export'
const CHATS = 'classic-chats'

/** All tables of the objects that are wanted; other files come without one. */
async function* tablesIn(
  { parts }: ClassicParts,
  options: ClassicExportOptions,
  signal: AbortSignal,
  isWanted: (object: string) => boolean,
): AsyncGenerator<{ file: ExportFile; object: string; table: Table | null }> {
  const limits = { ...defaultLimits, ...options.limits }
  const paths = parts.map(({ path }) => path)
  const mapping = { ...defaultMapping, encoding: options.encoding }
  for await (const file of exportFiles({ ...options, paths, limits, isIgnored: () => false }, signal)) {
    const within = file.name.slice(file.name.indexOf('/') + 1)
    const [, object = ''] = classicTableName.exec(within) ?? []
    if (object === '') {
      yield { file, object, table: null }
      continue
    }
    if (!isWanted(object)) continue
    const table = await openTable(file, mapping, limits, signal)
    try {
      yield { file, object, table }
    } finally {
      await table?.close()
    }
  }
}

async function* rowsOf(
  options: ClassicExportOptions,
  isWanted: (object: string) => boolean,
  stage: string,
  signal: AbortSignal = new AbortController().signal,
): AsyncGenerator<Batch<ClassicRow>, void, undefined> {
  signal.throwIfAborted()
  const found = await findClassicParts(options.paths, options.allowMissingParts ?? false)
  for await (const { file, object, table } of tablesIn(found, options, signal, isWanted)) {
    if (object !== '' && !table) yield { records: [], rejects: [noText(stage, file)] }
    for await (const lot of table?.rows ?? []) {
      signal.throwIfAborted()
      const records: ClassicRow[] = []
      const rejects: Reject[] = []
      for (const row of lot) {
        if ('problem' in row) {
          const id = `${shown(file.name)}#${row.number}`
          rejects.push({ stage, code: 'ROW_MALFORMED', subject: { type: object, id }, message: row.problem })
        } else {
          const cells = row.names.map((name, place) => [name, String(row.values[place] ?? '')])
          records.push({ object, fields: Object.fromEntries(cells) })
        }
      }
      yield { records, rejects }
    }
  }
}

async function* chatsOf(
  options: ClassicExportOptions,
  window: Window,
  signal: AbortSignal | undefined,
): AsyncGenerator<Batch<Conversation>, void, undefined> {
  for await (const batch of rowsOf(options, (object) => object === legacyChat.object, CHATS, signal)) {
    const records: Conversation[] = []
    const rejects: Reject[] = [...batch.rejects]
    let outside = 0
    for (const { fields } of batch.records) {
      const chat = toLegacyChat(fields)
      if ('code' in chat) rejects.push({ stage: CHATS, ...chat })
      else if (chat.sentAt < window.from || chat.sentAt >= window.to) outside += 1
      else records.push(chat.conversation)
    }
    yield { records, rejects, ...(outside > 0 && { drops: { 'outside-window': outside } }) }
  }
}

function noText(stage: string, { name }: ExportFile): Reject {
  const message = 'It was not read as a table: it is no text.'
  return { stage, code: 'EXPORT_TABLE_UNKNOWN', subject: { type: 'File', id: shown(name) }, message }
}
