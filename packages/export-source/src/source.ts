import { type Conversation, toInstant, toJoinKey, type Window } from '@custody/model'
import { type Batch, CustodyError, defineSource, type Reject, type Source, usageError } from '@custody/pipeline'
import {
  aliasOf,
  createSpool,
  groupReader,
  type SealedSpool,
  type Spool,
  type SpooledReader,
  type SpoolOptions,
} from '@custody/spool'
import { type ExportFile, exportFiles } from './export-files.ts'
import { shown } from './failure.ts'
import { defaultLimits, type ExportLimits } from './limits.ts'
import { defaultMapping, type ExportMapping } from './mapping.ts'
import type { MalformedRow, Row } from './row.ts'
import { type SideTable, sideTableOf } from './side-table.ts'
import { maybeTable, openTable, type Table } from './table.ts'
import { toConversation, toSpooled, toSpooledFact } from './to-conversation.ts'
import { toEntry } from './to-entry.ts'

const NAME = 'transcript-export'

/** Which files of a transcript export are read, for which window. */
export interface ExportOptions {
  /** ZIPs, folders, single files: all parts of one export. */
  readonly paths: readonly string[]
  /** Which entries are kept. Conversations without any in it come too, with their counts: reconciling needs them. */
  readonly window: Window
  /** Where rows are kept, encrypted, until all were read; and ZIPs within ZIPs, nameless. */
  readonly directory: string
  /** @defaultValue {@link defaultMapping}: every column by its known spellings */
  readonly mapping?: ExportMapping
  /** @defaultValue {@link defaultLimits} */
  readonly limits?: Partial<ExportLimits>
  /** How rows are spooled. */
  readonly spool?: Omit<SpoolOptions, 'directory'>
}

/**
 * The conversations of a bulk transcript export, in the order of their identifiers, once all of it was read: rows come in any
 * order, and nothing is given of an export that is damaged anywhere.
 *
 * @throws CustodyError `EXPORT_OPTION` at construction. While reading: `EXPORT_UNREADABLE`, `EXPORT_ZIP_DAMAGED`,
 * `EXPORT_ZIP_REFUSED`, `EXPORT_FILE_MALFORMED`, `EXPORT_ENCODING`, `EXPORT_DISK`, `EXPORT_LAYOUT_UNKNOWN`; what the spool
 * throws.
 */
export function exportConversations(options: ExportOptions): Source<Conversation> {
  const { files, reading } = prepared(options)
  return conversationsIn(files, reading)
}

/**
 * The same for whoever asks about single conversations: what was spooled is looked up where it lies. By identifier, record id, record ids
 * of sessions.
 *
 * @throws as {@link exportConversations}
 */
export function exportReader(options: ExportOptions): SpooledReader {
  const { files, reading } = prepared(options)
  const { window, directory, spool } = reading
  check(window)
  return groupReader({
    ...spool,
    directory,
    fill: (target, signal) => spoolFiles(files(signal), target, { ...reading, hasAliases: true }, signal),
    piecesOf(values, onReject) {
      const made = toConversation(values, window)
      made?.rejects.forEach(onReject)
      return made ? [made.conversation] : []
    },
  })
}

function prepared(options: ExportOptions): { readonly files: Files; readonly reading: ReadingOptions } {
  const { paths, directory, mapping = defaultMapping } = options
  const limits = { ...defaultLimits, ...options.limits }
  if (paths.length === 0) throw usageError('EXPORT_OPTION', 'transcript-export: paths must name at least one file')
  const isIgnored = (name: string): boolean => mapping.ignore.some((end) => name === end || name.endsWith(`/${end}`))
  return {
    files: (signal) => exportFiles({ paths, directory, limits, isIgnored }, signal),
    reading: { ...options, mapping, limits },
  }
}

type Files = (signal: AbortSignal) => AsyncIterable<ExportFile>

export interface ReadingOptions extends Omit<ExportOptions, 'paths' | 'mapping' | 'limits'> {
  readonly mapping: ExportMapping
  readonly limits: ExportLimits
}

/** The same of files that are at hand in any way. */
export function conversationsIn(files: Files, options: ReadingOptions): Source<Conversation> {
  const { window, directory } = options
  check(window)
  return defineSource(NAME, async function* ({ signal = new AbortController().signal }) {
    const spool = createSpool({ ...options.spool, directory })
    let sealed: SealedSpool | undefined
    try {
      yield* spoolFiles(files(signal), spool, options, signal)
      sealed = await spool.seal(signal)
      yield* conversationsOf(sealed, window, signal)
    } finally {
      await (sealed ?? spool).close()
    }
  })
}

interface SpoolingOptions extends ReadingOptions {
  /** Whether a conversation is found by all its names. @defaultValue by the one that its entries give */
  readonly hasAliases?: boolean
}

/** Spools all rows of all files; gives what could not be read, and what was left out. */
async function* spoolFiles(
  files: AsyncIterable<ExportFile>,
  spool: Spool,
  options: SpoolingOptions,
  signal: AbortSignal,
): AsyncGenerator<Batch<Conversation>, void, undefined> {
  let tables = 0
  for await (const file of files) {
    signal.throwIfAborted()
    if (!maybeTable(file.name)) {
      yield { records: [], rejects: [], drops: { 'other-file': 1 } }
      continue
    }
    const table = await openTable(file, options.mapping, options.limits, signal)
    try {
      const side = table && sideTableOf(table.names)
      if (table && table.columns.missing.length === 0) {
        tables += 1
        yield* spoolEntries(file, table, spool, options)
      } else if (side) yield* spoolFacts(file, table, side, spool, options)
      else yield { records: [], rejects: [unknownTable(file, table)] }
    } finally {
      await table?.close()
    }
  }
  if (tables === 0) throw layoutUnknown()
}

/** Spools the rows of a table of entries; gives what could not be read of them. */
async function* spoolEntries(
  file: ExportFile,
  table: Table,
  spool: Spool,
  { window, mapping }: ReadingOptions,
): AsyncGenerator<Batch<Conversation>, void, undefined> {
  for await (const rows of table.rows) {
    const rejects: Reject[] = []
    for (const row of rows) {
      const read = 'problem' in row ? malformedRow(row) : toEntry(row, table.match(row.names), mapping)
      if ('code' in read) rejects.push(rejectRow(file, row, read))
      else await spool.add(toJoinKey(read.conversation), toSpooled(read, window))
    }
    if (rejects.length > 0) yield { records: [], rejects }
  }
}

/** Spools what a table beside the entries says. */
async function* spoolFacts(
  file: ExportFile,
  table: Table,
  { kind, read }: SideTable,
  spool: Spool,
  { hasAliases = false }: SpoolingOptions,
): AsyncGenerator<Batch<Conversation>, void, undefined> {
  for await (const rows of table.rows) {
    const rejects: Reject[] = []
    for (const row of rows) {
      if ('problem' in row) {
        rejects.push(rejectRow(file, row, malformedRow(row)))
        continue
      }
      const said = read({ ...row, values: inOrder(table.names, row) })
      if (!said) continue
      await spool.add(said.key, toSpooledFact(said.fact))
      if (hasAliases && said.fact.kind === 'conversation') await spoolNames(said.key, said.fact.identifier, spool)
    }
    const dropped = kind === 'related-records' ? rows.length - rejects.length : 0
    yield { records: [], rejects, ...(dropped > 0 && { drops: { 'related-record': dropped } }) }
  }
}

/** A conversation that is called by one name in one table and by another in the next is found by both. */
async function spoolNames(key: string, identifier: string, spool: Spool): Promise<void> {
  const other = toJoinKey(identifier)
  if (other === key) return
  await spool.add(key, aliasOf(other))
  await spool.add(other, aliasOf(key))
}

/** The cells of a row in the order of the table's columns: rows of JSON have their own. */
function inOrder(names: readonly string[], row: Row): Row['values'] {
  return row.names === names ? row.values : names.map((name) => row.values[row.names.indexOf(name)] ?? null)
}

/** Conversations leave in batches of this many, or of about this many bytes. */
const BATCH_CONVERSATIONS = 50
const BATCH_BYTES = 4 * 1024 * 1024

async function* conversationsOf(
  spool: SealedSpool,
  window: Window,
  signal: AbortSignal,
): AsyncGenerator<Batch<Conversation>, void, undefined> {
  let records: Conversation[] = []
  let rejects: Reject[] = []
  let bytes = 0
  for await (const { values } of spool.groups(signal)) {
    const made = toConversation(values, window)
    if (!made) continue
    records.push(made.conversation)
    for (const reject of made.rejects) rejects.push({ stage: NAME, ...reject })
    bytes += values.reduce((sum, value) => sum + value.length, 0)
    if (records.length < BATCH_CONVERSATIONS && bytes < BATCH_BYTES) continue
    yield { records, rejects }
    records = []
    rejects = []
    bytes = 0
  }
  if (records.length > 0) yield { records, rejects }
}

function malformedRow({ problem }: MalformedRow): { code: 'ROW_MALFORMED'; message: string } {
  return { code: 'ROW_MALFORMED', message: problem }
}

function rejectRow(
  { name }: ExportFile,
  { number }: Row | MalformedRow,
  { code, message }: { readonly code: string; readonly message: string },
): Reject {
  return { stage: NAME, code, subject: { type: 'Row', id: `${shown(name)}#${number}` }, message }
}

function unknownTable({ name }: ExportFile, table: Table | null): Reject {
  const why = table ? `no column for ${table.columns.missing.join(', nor for ')}` : 'it is no text'
  return {
    stage: NAME,
    code: 'EXPORT_TABLE_UNKNOWN',
    subject: { type: 'File', id: shown(name) },
    message: `It was not read as a table of entries: ${why}.`,
  }
}

function layoutUnknown(): CustodyError {
  return new CustodyError('EXPORT_LAYOUT_UNKNOWN', 'No file of the export is a table of conversation entries.', {
    actions: [
      'Run `custody export inspect FILE` and give the mapping file it proposes.',
      'A classic Data Export (WE_….ZIP) holds records, not conversation entries.',
    ],
  })
}

function check({ from, to }: Window): void {
  if (toInstant(from) !== from || toInstant(to) !== to || from >= to) {
    throw usageError(
      'EXPORT_OPTION',
      'transcript-export: window must hold two instants like 2026-10-01T00:00:00.000Z, from before to',
    )
  }
}
