import { usageError } from '@custody/pipeline'
import { chooseOrg } from '../archive-job/reading-job.ts'
import { followed, type OrgSchedule } from '../config/schedule-schema.ts'
import type { Config } from '../config/schema.ts'

/** An org that is archived by schedule. */
export interface ScheduledOrg extends OrgSchedule {
  readonly alias: string
}

/** The schedule of an org: its own, or that of all; null where there is none. */
export function scheduleOf(config: Config, alias: string): OrgSchedule | null {
  const written = config.orgs[alias]?.schedule ?? config.schedule
  return written === undefined ? null : followed(written)
}

/**
 * The orgs that have a schedule, in the order of the configuration; or only the one that is named.
 *
 * @throws CustodyError `SCHEDULE_NONE`, `ORG_UNKNOWN`, of kind usage
 */
export function scheduledOrgs(config: Config, alias?: string): readonly ScheduledOrg[] {
  const aliases = alias === undefined ? Object.keys(config.orgs) : [chooseOrg(config, alias)[0]]
  const orgs = aliases.flatMap((each) => {
    const schedule = scheduleOf(config, each)
    return schedule === null ? [] : [{ alias: each, ...schedule }]
  })
  if (orgs.length > 0) return orgs
  throw usageError(
    'SCHEDULE_NONE',
    alias === undefined ? 'No org of the configuration has a schedule.' : `The org ${alias} has no schedule.`,
    `Add to ${alias === undefined ? 'the configuration' : `orgs.${alias}`}, with the first day to be archived: schedule: { every: month, start: 2026-01-01, timeZone: Europe/Berlin }`,
  )
}
