import { fileURLToPath } from 'node:url'
import { type SchedulerDefinitionOptions, type SchedulerKind, schedulerDefinition } from '@custody/schedule'
import type { ScheduleFlags } from '../commands/schedule.ts'
import { defaultConfigFile } from '../config/choices.ts'
import type { Config } from '../config/schema.ts'
import { type ScheduledOrg, scheduledOrgs } from './scheduled-orgs.ts'

export type SchedulerName = SchedulerKind

/** What makes a scheduler archive what is due, of one org or of all. */
export interface Definition {
  /** Text by path. */
  readonly files: Readonly<Record<string, string>>
  /** Environment variables that the runs need and the definition does not provide. */
  readonly unprovided: readonly string[]
}

/** Where a container finds it. */
const directoryInContainer = '/var/lib/custody'

/**
 * The definitions for a scheduler: one for all orgs, or one for each where their schedules differ.
 *
 * @throws CustodyError `SCHEDULE_NONE`, `SCHEDULE_DEFINITION`, `ORG_UNKNOWN`, of kind usage
 */
export function definitionsOf(kind: SchedulerKind, flags: ScheduleFlags, config: Config): readonly Definition[] {
  const orgs = scheduledOrgs(config, flags.org)
  const [first] = orgs
  const isOneForAll = flags.org === undefined && orgs.every((org) => isSameSchedule(org, first))
  if (isOneForAll && first !== undefined) return [definition(kind, flags, config, first, null)]
  return orgs.map((org) => definition(kind, flags, config, org, org.alias))
}

function isSameSchedule(one: ScheduledOrg, other: ScheduledOrg | undefined): boolean {
  return JSON.stringify(one.schedule) === JSON.stringify(other?.schedule)
}

/** @param alias - of the only org it is for; null for all */
function definition(
  kind: SchedulerKind,
  flags: ScheduleFlags,
  config: Config,
  { schedule }: ScheduledOrg,
  alias: string | null,
): Definition {
  const name = nameOf(flags, alias)
  const variables = secretVariables(config, alias)
  const options: SchedulerDefinitionOptions = {
    schedule,
    name,
    command: [flags.program ?? programOf(kind), ...argumentsOf(flags, alias)],
    workingDirectory: flags.directory ?? (kind === 'kubernetes' ? directoryInContainer : process.cwd()),
    ...(flags.environmentFile !== undefined && { environmentFile: flags.environmentFile }),
    ...(kind === 'kubernetes' && { secretName: flags.secretName ?? name, secretVariables: variables }),
    ...(kind === 'github-actions' && flags.environmentFile === undefined && { secretVariables: variables }),
    ...(flags.image !== undefined && { image: flags.image }),
  }
  const isProvided = 'secretVariables' in options || flags.environmentFile !== undefined
  return { files: schedulerDefinition(kind, options), unprovided: isProvided ? [] : variables }
}

function nameOf({ name, org }: ScheduleFlags, alias: string | null): string {
  if (alias === null || (name !== undefined && org !== undefined)) return name ?? 'custody'
  return `${name ?? 'custody'}-${alias.toLowerCase().replace(/-+$/, '')}`
}

function argumentsOf(flags: ScheduleFlags, alias: string | null): readonly string[] {
  return [
    'archive',
    '--due',
    ...(alias === null ? [] : ['--org', alias]),
    ...(flags.config === defaultConfigFile ? [] : ['--config', flags.config]),
  ]
}

/** What runs now: the launcher of the checkout, or the installed program. */
function programOf(kind: SchedulerKind): string {
  if (kind === 'kubernetes') return 'custody'
  const isSource = import.meta.url.endsWith('.ts')
  return isSource ? fileURLToPath(new URL('../../../../custody', import.meta.url)) : (process.argv[1] ?? 'custody')
}

/** The environment variables that the configuration reads secrets from. */
function secretVariables(config: Config, alias: string | null): readonly string[] {
  const { orgs, seal } = config
  return [...new Set(variablesIn([alias === null ? orgs : orgs[alias], seal]))].sort()
}

function variablesIn(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return []
  const { env } = value as { readonly env?: unknown }
  return typeof env === 'string' ? [env] : Object.values(value).flatMap(variablesIn)
}
