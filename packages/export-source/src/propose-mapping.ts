import { toInstant } from '@custody/model'
import { type Field, knownNames } from './assumptions.ts'
import { type Columns, matchColumns } from './columns.ts'
import { exportFiles } from './export-files.ts'
import { shown } from './failure.ts'
import { defaultLimits, type ExportLimits } from './limits.ts'
import { defaultMapping, type ExportMapping } from './mapping.ts'
import type { Row } from './row.ts'
import { type SideTable, sideTableOf } from './side-table.ts'
import { maybeTable, openTable, type Table } from './table.ts'

/** Which files are looked at. */
export interface InspectOptions {
  readonly paths: readonly string[]
  /** Where ZIPs within ZIPs are unpacked to, nameless. */
  readonly directory: string
  /** What is known already. */
  readonly mapping?: ExportMapping
  /** What the files may be at most; one that is more is refused. @defaultValue {@link defaultLimits} */
  readonly limits?: Partial<ExportLimits>
  readonly signal?: AbortSignal
}

/** What an export looks like: names and numbers, nothing of its content. */
export interface MappingProposal {
  readonly files: readonly InspectedFile[]
  /** A mapping file (YAML) to start from. */
  readonly mapping: string
}

/** What a file of an export turned out to be; its table is null where it holds none. */
export interface InspectedFile {
  readonly name: string
  /** Null for a file that is no table. */
  readonly table: InspectedTable | null
}

/** A table of an export as it was understood. */
export interface InspectedTable {
  readonly format: 'csv' | 'json' | 'ndjson'
  readonly encoding: string
  readonly delimiter: string | null
  readonly rows: number
  /** Rows that cannot be read, counted in `rows` too. */
  readonly malformedRows: number
  /** By the name, or by the number where the first row does not look like a header: it may be somebody's data. */
  readonly columns: readonly { readonly name: string; readonly field: Field | null }[]
  /** What it is read as; null for a table that is not read. */
  readonly holds: 'entries' | SideTable['kind'] | null
  /** What is missing for a table of entries; empty when it is one. */
  readonly missing: readonly string[]
  /** Rows whose times are usable only with an `offset` in the mapping. */
  readonly timesWithoutOffset: number
}

/**
 * Looks through an export and proposes a mapping: what `custody export inspect` prints.
 *
 * @throws CustodyError as reading the export does, but for `EXPORT_LAYOUT_UNKNOWN`.
 */
export async function proposeMapping(options: InspectOptions): Promise<MappingProposal> {
  const { paths, directory, mapping = defaultMapping, signal = new AbortController().signal } = options
  const limits = { ...defaultLimits, ...options.limits }
  const files: InspectedFile[] = []
  for await (const file of exportFiles({ paths, directory, limits, isIgnored: () => false }, signal)) {
    const table = maybeTable(file.name) ? await openTable(file, mapping, limits, signal) : null
    try {
      files.push({ name: shown(file.name), table: table && (await inspect(table, mapping)) })
    } finally {
      await table?.close()
    }
  }
  return { files, mapping: write(files, mapping) }
}

async function inspect(table: Table, mapping: ExportMapping): Promise<InspectedTable> {
  const { format, encoding, delimiter, names, columns } = table
  let rows = 0
  let malformedRows = 0
  let timesWithoutOffset = 0
  for await (const lot of table.rows) {
    rows += lot.length
    for (const row of lot) {
      if ('problem' in row) malformedRows += 1
      else if (lacksOffset(row, table.match(row.names))) timesWithoutOffset += 1
    }
  }
  const named = matchColumns(names, mapping.fields)
  const fields = new Map([...named.places].map(([field, place]) => [place, field]))
  const isHeader = fields.size > 0 || names.every((name) => /^[A-Za-z_][\w.]*$/.test(name))
  return {
    format,
    encoding,
    delimiter,
    rows,
    malformedRows,
    timesWithoutOffset,
    columns: names.map((name, place) => {
      const field = fields.get(place) ?? null
      return { name: field !== null || (isHeader && isFieldName(name)) ? name : `column ${place + 1}`, field }
    }),
    holds: columns.missing.length === 0 ? 'entries' : (sideTableOf(names)?.kind ?? null),
    missing: columns.missing,
  }
}

function lacksOffset({ values }: Row, { places }: Columns): boolean {
  return (['serverAt', 'clientAt'] as const).some((field) => {
    const value = values[places.get(field) ?? -1]
    return typeof value === 'string' && toInstant(value) === null && toInstant(`${value}Z`) !== null
  })
}

/** Whether a name is one that people give to columns: no address, no number, no sentence. */
function isFieldName(name: string): boolean {
  return name.length <= 80 && /^[\p{L}_][\p{L}\p{N}_ .:()/-]*$/u.test(name) && !/\d{5}/.test(name)
}

/** A mapping by the file that fits best. */
function write(files: readonly InspectedFile[], known: ExportMapping): string {
  const tables = files.flatMap(({ table }) => table ?? [])
  const best = tables.toSorted((a, b) => matched(b) - matched(a))[0]
  const names = new Map(best?.columns.map(({ name, field }) => [field, name]))
  const fields = (Object.keys(knownNames) as Field[]).map((field) => {
    const name = names.get(field)
    return name === undefined ? `  # ${field}: ` : `  ${field}: ${JSON.stringify(name)}`
  })
  const free = best?.columns.flatMap(({ name, field }) => (field === null ? [JSON.stringify(name)] : [])) ?? []
  const lines = [
    '# Which column of the export is which field. Take the # away and name a column, as it is written.',
    '# Needed: conversation; serverAt or clientAt; payload, text or entryType.',
    `# Columns without a field: ${free.length > 0 ? free.join(', ') : 'none'}`,
    'version: 1',
    ...(best?.columns.some(({ field }) => field !== null) ? ['fields:', ...fields] : ['fields: {}', ...fields]),
    ...(known.encoding === undefined ? [] : [`encoding: ${JSON.stringify(known.encoding)}`]),
    ...(known.delimiter === undefined ? [] : [`delimiter: ${JSON.stringify(known.delimiter)}`]),
  ]
  if (known.offset !== undefined) lines.push(`offset: ${JSON.stringify(known.offset)}`)
  else if (tables.some((table) => table.timesWithoutOffset > 0)) {
    lines.push('# Times come without an offset. Is it UTC? Then take the # away:', '# offset: "Z"')
  }
  return `${lines.join('\n')}\n`
}

function matched({ columns, missing }: InspectedTable): number {
  return columns.filter(({ field }) => field !== null).length - 100 * missing.length
}
