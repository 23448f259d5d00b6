import type { ErasureStore } from '@custody/erasure'
import { CustodyError } from '@custody/pipeline'
import { chooseOrg } from '../archive-job/reading-job.ts'
import type { CommandContext } from '../command-context.ts'
import type { ErasureFlags } from '../commands/erase-flags.ts'
import { loadConfig } from '../config/load.ts'
import type { Config, OrgConfig } from '../config/schema.ts'
import type { Console } from '../console.ts'
import { openOrgErasures } from './org-erasures.ts'

/** What every command about erasures works with. */
export interface Erasures extends AsyncDisposable {
  readonly console: Console
  readonly config: Config
  readonly orgAlias: string
  readonly org: OrgConfig
  readonly store: ErasureStore
}

/** @throws CustodyError `CONFIG_…`, `ORG_…`, `SECRET_…` (usage), `ERASURE_…`, `LEDGER_…` */
export async function openErasures(
  flags: ErasureFlags,
  context: CommandContext,
  { readOnly = false }: { readonly readOnly?: boolean } = {},
): Promise<Erasures> {
  const config = loadConfig(flags.config)
  const [orgAlias, org] = chooseOrg(config, flags.org)
  const store = await openOrgErasures(config, orgAlias, context, { readOnly })
  return {
    console: context.console(flags),
    config,
    orgAlias,
    org,
    store,
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  }
}

/** The same to look only; null where no request was ever added. */
export async function lookIntoErasures(flags: ErasureFlags, context: CommandContext): Promise<Erasures | null> {
  try {
    return await openErasures(flags, context, { readOnly: true })
  } catch (error) {
    if (CustodyError.isInstance(error) && error.code === 'ERASURE_NOT_FOUND') return null
    throw error
  }
}
