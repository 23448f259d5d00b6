import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { lockHolder, openLedger } from '@custody/ledger'
import type { Clock } from '@custody/pipeline'
import type { OrgConfig } from '../config/schema.ts'
import { openSharedLimits } from '../limiting/shared-limits.ts'
import { unfinishedRuns } from '../resuming/run-record.ts'
import { about, type Finding, fail, ok, skipped, warn } from './finding.ts'
import { openModeOf } from './secret-files.ts'

/** The state directory: what all runs remember by. */
export function checkStateDirectory(directory: string): Finding {
  const path = resolve(directory)
  if (!existsSync(path)) return skipped(`${path} is not there yet; the first run makes it`)
  const mode = openModeOf(path)
  if (mode === null) return ok(`${path} is there, and nobody else's to look into`)
  return warn('STATE_DIRECTORY_OPEN', `${path} has mode ${mode}: others may look into it.`, `chmod 700 ${path}`)
}

/**
 * The ledger of an org, read from end to end. Looks only: a run may be at work.
 *
 * @param key Where it is at hand: a ledger that was begun with another archive secret is of no use with this one.
 */
export async function checkLedger(
  stateDirectory: string,
  alias: string,
  key?: Uint8Array,
): Promise<readonly Finding[]> {
  const directory = join(stateDirectory, alias)
  if (!existsSync(join(directory, 'ledger.sqlite'))) {
    return [skipped('there is none yet: the first archived run makes it')]
  }
  await using ledger = await openLedger({ directory, readOnly: true, ...(key && { key }) })
  const found = await ledger.check()
  const holder = lockHolder(directory)
  const atWork = holder === null ? '' : '; another run is at work on it'
  if (found.length === 0) return [ok(`readable, and its check found nothing${atWork}`)]
  return found.map(({ message, repairable }) =>
    about(
      'check',
      fail(
        'LEDGER_FINDING',
        message,
        repairable ? 'custody status --repair' : 'Put back a copy of the ledger, or keep it and ask for help.',
      ),
    ),
  )
}

/** What was begun and has no archive yet. */
export function checkUnfinishedRuns(stateDirectory: string, alias: string): Finding {
  const runs = unfinishedRuns(stateDirectory, alias)
  if (runs.length === 0) return ok('none')
  return warn(
    'RUNS_UNFINISHED',
    `${runs.length} ${runs.length === 1 ? 'run was' : 'runs were'} begun and not finished.`,
    ...runs.slice(0, 3).map(({ runId }) => `custody archive --resume ${runId}`),
  )
}

/** The limits that all processes of the machine keep to together: opened as every run does. */
export async function checkSharedLimits(stateDirectory: string, org: OrgConfig, clock: Clock): Promise<Finding> {
  if (!existsSync(join(stateDirectory, 'limits.sqlite'))) return skipped('there are none yet: the first run makes them')
  const limits = await openSharedLimits({ stateDirectory, org, clock, onEvent: () => {} })
  await limits.close()
  return ok('limits.sqlite can be opened')
}
