import { existsSync } from 'node:fs'
import { usageError } from '@custody/pipeline'
import { loadConfig } from '../config/load.ts'
import type { Config } from '../config/schema.ts'
import { readKey } from '../config/secret.ts'

/** The environment variable that holds the key where no file and no org is named. */
export const keyVariable = 'CUSTODY_REDACTION_KEY'

/** The flags that say which key to use, as typed. */
export interface KeyFlags {
  readonly config: string
  readonly keyFile?: string
  readonly org?: string
  readonly tenant?: string
  readonly keyId?: string
}

export interface RedactionKey {
  readonly key: Uint8Array
  /** Pseudonyms of equal values agree within a tenant only. An org's are those of its redacted archives. */
  readonly tenant: string
  /** Stands in each pseudonym; another one begins a new domain. */
  readonly keyId?: string
}

/**
 * The key behind pseudonyms: of `--key-file`, else of the environment, else the archive secret of the org.
 *
 * @throws CustodyError of kind usage: `SECRET_MISSING`, `SECRET_TOO_SHORT`, `REDACTION_KEY_UNNAMED`, `CONFIG_…`
 */
export function readRedactionKey(flags: KeyFlags, env: NodeJS.ProcessEnv): RedactionKey {
  const { keyId } = flags
  return { ...readKeyAndTenant(flags, env), ...(keyId !== undefined && { keyId }) }
}

function readKeyAndTenant(flags: KeyFlags, env: NodeJS.ProcessEnv): RedactionKey {
  const tenant = flags.tenant ?? flags.org ?? ''
  if (flags.keyFile !== undefined) return { key: readKey({ file: flags.keyFile }, '--key-file', env), tenant }
  if (env[keyVariable]) return { key: readKey({ env: keyVariable }, keyVariable, env), tenant }
  const config = existsSync(flags.config) ? loadConfig(flags.config) : null
  const alias = flags.org ?? onlyOrg(config)
  const secret = alias === null ? undefined : config?.orgs[alias]?.archiveSecret
  if (alias !== null && secret) {
    return { key: readKey(secret, `orgs.${alias}.archiveSecret`, env), tenant: flags.tenant ?? alias }
  }
  throw usageError(
    'REDACTION_KEY_UNNAMED',
    'Redaction needs a key: pseudonyms are made with it, and nobody without it can test guesses.',
    'Name an org of the configuration that has an archiveSecret: --org ALIAS',
    `Or make a key (openssl rand -hex 32), keep it safe, and name its file: --key-file FILE, or set ${keyVariable}.`,
  )
}

function onlyOrg(config: Config | null): string | null {
  const aliases = Object.keys(config?.orgs ?? {})
  return aliases.length === 1 ? (aliases[0] ?? null) : null
}
