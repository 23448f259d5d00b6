import { readFileSync } from 'node:fs'
import type { Window } from '@custody/model'
import { type Clock, usageError } from '@custody/pipeline'
import { defaultPolicy, loadPolicy, type Policy } from '@custody/redact'
import type { ArchiveFlags } from '../commands/archive.ts'
import { type ArchiveOverrides, effectiveArchive, oneOf } from '../config/effective.ts'
import { loadConfig } from '../config/load.ts'
import { nearest } from '../config/nearest.ts'
import type { Config, OrgConfig } from '../config/schema.ts'
import { readKey } from '../config/secret.ts'
import { parseWindow } from '../config/window.ts'
import { createRunId } from './run-id.ts'

/** Everything one archive run needs to know, checked. Making it requests and writes nothing. */
export interface ArchiveJob {
  readonly runId: string
  readonly orgAlias: string
  readonly org: OrgConfig
  readonly window: Window
  readonly source: 'conversation-data'
  readonly archive: Config['archive']
  /** Null: everything is kept as received. */
  readonly policy: Policy | null
  /** What salts and pseudonyms are derived from. */
  readonly key: Uint8Array
  readonly limit: number | null
  readonly replace: boolean
  readonly allowEmpty: boolean
}

/**
 * Puts flags, environment and configuration file together, in this order of precedence.
 *
 * @throws CustodyError of kind usage, naming file, key or flag.
 */
export function prepareArchiveJob(flags: ArchiveFlags, env: NodeJS.ProcessEnv, clock: Clock): ArchiveJob {
  const window = parseWindow(required(flags.from, '--from'), required(flags.to, '--to'), clock.now())
  const source = oneOf(flags.source, ['conversation-data'], '--source')
  if (flags.limit === 0) throw usageError('OPTION_MALFORMED', '--limit needs a whole number of at least 1.')
  const config = loadConfig(flags.config)
  const [orgAlias, org] = chooseOrg(config, flags.org)
  const archive = effectiveArchive(config.archive, flags satisfies ArchiveOverrides)
  const where = `orgs.${orgAlias}.archiveSecret`
  if (!org.archiveSecret) {
    throw usageError(
      'CONFIG_INVALID',
      `${flags.config}: ${where}: is missing.`,
      'Make a key with: openssl rand -hex 32',
      `Keep it safe, and name its place: archiveSecret: { env: NAME } or { file: PATH }.`,
    )
  }
  return {
    runId: createRunId(clock),
    orgAlias,
    org,
    window,
    source,
    archive,
    policy: readPolicy(archive.redaction),
    key: readKey(org.archiveSecret, where, env),
    limit: flags.limit ?? null,
    replace: flags.replace ?? false,
    allowEmpty: flags.allowEmpty ?? false,
  }
}

function required(value: string | undefined, flag: string): string {
  if (value !== undefined) return value
  throw usageError('OPTION_MISSING', `${flag} is missing.`, `Add ${flag} 2026-10-01, for example.`)
}

function chooseOrg(config: Config, alias: string | undefined): [string, OrgConfig] {
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

function readPolicy(name: string | undefined): Policy | null {
  if (name === undefined) return null
  if (name === 'default') return defaultPolicy
  let text: string
  try {
    text = readFileSync(name, 'utf8')
  } catch (error) {
    throw usageError(
      'POLICY_UNREADABLE',
      `The redaction policy ${name} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'}).`,
      'Check the path, or use the built-in policy: --redact default',
    )
  }
  return loadPolicy(text)
}
