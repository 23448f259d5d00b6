import type { ExportMapping } from '@custody/export-source'
import type { Instant, Window } from '@custody/model'
import { nearest, usageError } from '@custody/pipeline'
import type { SourceFlags } from '../commands/source-flags.ts'
import { data360Apis } from '../config/choices.ts'
import { oneOf } from '../config/effective.ts'
import { loadConfig } from '../config/load.ts'
import type { ReadingConfig } from '../config/reading-schema.ts'
import type { Config, OrgConfig } from '../config/schema.ts'
import { parseInstant, parseWindow } from '../config/window.ts'
import type { PlannedPart } from './choose-source.ts'
import { readMapping } from './read-mapping.ts'
import {
  type Fallback,
  fallbackNames,
  type ReadableSource,
  type SourceName,
  sourceNames,
  witnessNames,
} from './source-names.ts'

/** What is to be read of an org, and from where. Checked; making it requests nothing. */
export interface ReadingJob {
  readonly orgAlias: string
  readonly org: OrgConfig
  readonly window: Window
  /** What was asked for; `auto` is decided once the window is counted. */
  readonly asked: SourceName
  /** Where entries are read. `mixed`: by {@link parts}. */
  readonly source: ReadableSource | 'mixed'
  readonly parts: readonly PlannedPart[]
  /** Further sources that are asked about each conversation. */
  readonly witnesses: readonly ReadableSource[]
  /** What may be asked for a conversation that the source does not give. */
  readonly fallback: Fallback | null
  /** Files or folders of a transcript export. */
  readonly exportFiles: readonly string[]
  /** How the columns of an export are to be read; null to recognise them. */
  readonly mapping: ExportMapping | null
  /** When the export was made; null where nobody said. */
  readonly exportedAt: Instant | null
  /** Whether chats of the legacy product are read too. */
  readonly legacyChats: boolean
  /** Only the first conversations; null for all. */
  readonly limit: number | null
  /** Exactly these conversations in the place of all of the window, by their identifiers. @defaultValue all */
  readonly chosen?: readonly string[]
  /** Where sources that are read by window keep what does not fit into memory, encrypted. */
  readonly scratch: string
}

export interface ReadingFlags extends SourceFlags {
  readonly config: string
  readonly org?: string
  readonly from?: string
  readonly to?: string
}

/** What every command reads off its flags and the configuration. */
export interface Read {
  readonly config: Config
  readonly reading: Omit<ReadingJob, 'limit' | 'scratch' | 'chosen'>
}

/**
 * Puts flags, environment and configuration file together, in this order of precedence.
 *
 * @throws CustodyError of kind usage, naming file, key or flag.
 */
export function readJob(flags: ReadingFlags, now: number): Read {
  const window = parseWindow(required(flags.from, '--from'), required(flags.to, '--to'), now)
  const config = loadConfig(flags.config)
  const [orgAlias, configured] = chooseOrg(config, flags.org)
  const org = withApi(configured, flags.api)
  const legacyChats = flags.legacyChats ?? false
  return { config, reading: { orgAlias, org, window, legacyChats, ...chooseSources(flags, orgAlias, org) } }
}

type Sources = Pick<
  ReadingJob,
  'asked' | 'source' | 'parts' | 'witnesses' | 'fallback' | 'exportFiles' | 'mapping' | 'exportedAt'
>

/** Which sources are asked, checked against one another and against what the org's configuration has. */
function chooseSources(flags: SourceFlags, alias: string, org: OrgConfig): Sources {
  const { reading } = org
  const asked = oneOf(flags.source ?? reading.source, sourceNames, '--source')
  const source = asked === 'auto' ? 'conversation-data' : asked
  const witnesses: readonly ReadableSource[] =
    flags.witness === undefined
      ? reading.witness
      : words(flags.witness).map((word) => oneOf(word, witnessNames, '--witness'))
  const exportFiles = words(flags.export)
  const fallback =
    flags.allowFallback === undefined ? configuredFallback(asked, reading) : chooseFallback(asked, flags.allowFallback)
  // What auto would choose first must not testify for itself; it leaves Data 360 to whoever names it as a witness.
  if (witnesses.includes(source)) {
    throw usageError(
      'WITNESS_IS_SOURCE',
      `--witness names ${source}, which entries are read from${asked === 'auto' ? ' by --source auto' : ' already'}.`,
      `A source cannot testify for itself: name another one, here or in orgs.${alias}.reading.`,
    )
  }
  const needed = [source, ...witnesses]
  if (needed.includes('data360') && !org.data360) {
    throw usageError(
      'DATA360_NOT_CONFIGURED',
      `The org ${alias} has no data360 in the configuration.`,
      `Add it under orgs.${alias}: data360: { api: v3, dataspace: default }`,
    )
  }
  if (needed.includes('transcript-export') !== exportFiles.length > 0) {
    throw usageError(
      'EXPORT_FILES',
      exportFiles.length > 0
        ? '--export names files, and nothing reads them.'
        : 'A transcript export is to be read, and --export names none.',
      'Use --export together with --source transcript-export or --witness transcript-export.',
    )
  }
  return {
    asked,
    source,
    parts: [],
    witnesses: [...new Set(witnesses)],
    fallback,
    exportFiles,
    mapping: readMapping(flags.mapping) ?? null,
    exportedAt: flags.exportedAt === undefined ? null : parseInstant(flags.exportedAt, '--exported-at'),
  }
}

// Where a flag names another source, what stands in for the configured one may have no meaning: nothing stands in then.
function configuredFallback(asked: SourceName, { fallback }: ReadingConfig): Fallback | null {
  return fallback !== undefined && fallbackNames[asked]?.includes(fallback) ? fallback : null
}

function chooseFallback(asked: SourceName, word: string): Fallback | null {
  const known = fallbackNames[asked]
  if (known) return oneOf(word, known, '--allow-fallback')
  throw usageError('FALLBACK_UNUSED', `--allow-fallback has no meaning with --source ${asked}.`, 'Leave it out.')
}

function withApi(org: OrgConfig, api: string | undefined): OrgConfig {
  if (api === undefined || !org.data360) return org
  return { ...org, data360: { ...org.data360, api: oneOf(api, data360Apis, '--api') } }
}

function words(list: string | undefined): readonly string[] {
  return (list ?? '')
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '')
}

function required(value: string | undefined, flag: string): string {
  if (value !== undefined) return value
  throw usageError('OPTION_MISSING', `${flag} is missing.`, `Add ${flag} 2026-10-01, for example.`)
}

/** The org a flag names, or the only one there is. */
export function chooseOrg(config: Config, alias: string | undefined): [string, OrgConfig] {
  const aliases = Object.keys(config.orgs)
  const chosen = alias ?? (aliases.length === 1 ? aliases[0] : undefined)
  const org = chosen !== undefined && Object.hasOwn(config.orgs, chosen) ? config.orgs[chosen] : undefined
  if (chosen !== undefined && org !== undefined) return [chosen, org]
  if (alias === undefined) {
    throw usageError('ORG_MISSING', `The configuration has ${aliases.length} orgs; say which.`, `Add --org ALIAS.`)
  }
  const near = nearest(alias, aliases)
  throw usageError(
    'ORG_UNKNOWN',
    `The configuration has no org ${JSON.stringify(alias.slice(0, 40))}.`,
    near ? `Did you mean ${near}?` : `Known: ${aliases.join(', ')}.`,
  )
}
