import { hkdfSync } from 'node:crypto'
import { type ErasureStore, openErasureStore } from '@custody/erasure'
import { usageError } from '@custody/pipeline'
import type { CommandContext } from '../command-context.ts'
import { orgState } from '../config/org-state.ts'
import type { Config } from '../config/schema.ts'
import { readKey } from '../config/secret.ts'

/** Where the state of an org is, `erasure.sqlite` in it. */
export function erasureDirectory({ state }: Pick<Config, 'state'>, orgAlias: string): string {
  return orgState(state.directory, orgAlias)
}

/** Under which identifiers of an org's requests are sealed and hashed: of its own, like the ledger's. */
export function erasureKey(archiveSecret: Uint8Array): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', archiveSecret, '', 'custody/erasure/v1', 32))
}

/**
 * What is remembered of an org's deletion requests and holds.
 *
 * @throws CustodyError `CONFIG_INVALID`, `SECRET_…` (usage), `ERASURE_…`, `LEDGER_…`
 */
export async function openOrgErasures(
  config: Config,
  orgAlias: string,
  { env, clock }: Pick<CommandContext, 'env' | 'clock'>,
  { readOnly = false }: { readonly readOnly?: boolean } = {},
): Promise<ErasureStore> {
  const directory = erasureDirectory(config, orgAlias)
  const key = orgErasureKey(config, orgAlias, env)
  return await openErasureStore({ directory, key, clock, readOnly, twoPersonRule: config.erasure.twoPersonRule })
}

/** @throws CustodyError `CONFIG_INVALID`, `SECRET_…` (usage) */
export function orgErasureKey({ orgs }: Pick<Config, 'orgs'>, orgAlias: string, env: NodeJS.ProcessEnv): Uint8Array {
  const where = `orgs.${orgAlias}.archiveSecret`
  const secret = orgs[orgAlias]?.archiveSecret
  if (!secret) {
    throw usageError(
      'CONFIG_INVALID',
      `${where} is missing: requests are kept sealed with it.`,
      'Make a key with: openssl rand -hex 32',
    )
  }
  return erasureKey(readKey(secret, where, env))
}
