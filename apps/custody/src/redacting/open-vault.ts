import { usageError } from '@custody/pipeline'
import { createFileVault, type Policy, type Vault } from '@custody/redact'
import { readKey } from '../config/secret.ts'

/** The flags that say where a vault is, as typed. */
export interface VaultFlags {
  readonly vault?: string
  readonly vaultKeyFile?: string
}

/** The environment variable that holds the key of the vault where no file is named. */
const keyVariable = 'CUSTODY_VAULT_KEY'

/**
 * The vault that a policy asks for; null where it asks for none.
 *
 * @throws CustodyError of kind usage: `VAULT_UNNAMED`, `SECRET_…`, `VAULT_KEY`, `VAULT_FILE`
 */
export async function openVault(policy: Policy, flags: VaultFlags, env: NodeJS.ProcessEnv): Promise<Vault | null> {
  if (policy.vault === 'none') return null
  if (flags.vault === undefined) {
    throw usageError(
      'VAULT_UNNAMED',
      'The policy keeps what stands behind pseudonyms, and no place was named for it.',
      'Name a file outside of what is shared: --vault FILE --vault-key-file FILE',
    )
  }
  const reference = flags.vaultKeyFile === undefined ? { env: keyVariable } : { file: flags.vaultKeyFile }
  const key = readKey(reference, '--vault-key-file', env)
  return await createFileVault({
    file: flags.vault,
    key,
    onLookUp: () => {
      throw new Error('what only writes looks nothing up')
    },
  })
}
