import { type Ledger, openLedger } from '@custody/ledger'
import { type Clock, usageError } from '@custody/pipeline'
import { assertWritableDirectory } from '@custody/sinks'
import type { ArchiveJob } from '../archive-job/archive-job.ts'
import type { CommandContext } from '../command-context.ts'
import { orgState } from '../config/org-state.ts'
import type { Config, OrgConfig } from '../config/schema.ts'
import { readKey } from '../config/secret.ts'
import type { Console } from '../console.ts'
import { ledgerKey } from './ledger-key.ts'
import { markLost, type Rebuilt, rebuildLedger, unmarkLost } from './rebuild-ledger.ts'

export interface OpenOrgLedgerOptions {
  readonly env: NodeJS.ProcessEnv
  readonly clock: Clock
  /** To look only, also while a run writes; needs no secret. @defaultValue `false` */
  readonly readOnly?: boolean
}

/**
 * The ledger of an org: what stands in which of its archives. Who opens it for writing is alone with the org until it is closed.
 *
 * @throws CustodyError `LEDGER_…`: `LEDGER_LOCKED` where another run is at it; `LEDGER_NOT_FOUND` when there is none to look at
 */
export async function openOrgLedger(
  orgAlias: string,
  org: Pick<OrgConfig, 'archiveSecret'>,
  config: Pick<Config, 'state'>,
  { env, clock, readOnly = false }: OpenOrgLedgerOptions,
): Promise<Ledger> {
  const directory = orgState(config.state.directory, orgAlias)
  if (readOnly) return await openLedger({ directory, clock, readOnly })
  const where = `orgs.${orgAlias}.archiveSecret`
  if (!org.archiveSecret) {
    throw usageError('CONFIG_INVALID', `${where} is missing: the ledger keeps nothing that is not keyed with it.`)
  }
  return await openLedger({ directory, clock, key: ledgerKey(readKey(org.archiveSecret, where, env)) })
}

/**
 * The same for a job, whose key is read already. One that was lost is made anew from the archives in the directory of the job, and that
 * is told: without it nothing that comes late to them would ever be found.
 */
export async function openJobLedger(
  { config, orgAlias: org, key: secret, archive }: Pick<ArchiveJob, 'config' | 'orgAlias' | 'key' | 'archive'>,
  { clock, signal }: Pick<CommandContext, 'clock' | 'signal'>,
  console: Console,
): Promise<Ledger> {
  assertWritableDirectory(config.state.directory)
  const directory = orgState(config.state.directory, org)
  const key = ledgerKey(secret)
  const isLost = await markLost(directory, archive.directory, org)
  const ledger = await openLedger({ directory, clock, key })
  if (!isLost) return ledger
  try {
    const archives = archive.directory
    const rebuilt = await rebuildLedger({ ledger, ledgerKey: key, org, archives, signal })
    await unmarkLost(directory)
    for (const line of rebuiltLines(rebuilt, archives)) console.warn(line)
    console.event({ type: 'ledger-rebuilt', org, ...rebuilt })
    return ledger
  } catch (error) {
    await ledger.close()
    throw error
  }
}

function rebuiltLines({ archives, refused, erased }: Rebuilt, directory: string): readonly string[] {
  return [
    `There was no ledger. It was made anew from ${archives.length} archives in ${directory}; archives that lie elsewhere are not known: their time counts as not archived.`,
    ...refused.map((path) => `${path} does not verify, and its time counts as not archived.`),
    ...(erased === 0
      ? []
      : [
          `${erased} conversations were erased from them. If Salesforce still has them, they will be found to come late.`,
        ]),
  ]
}
