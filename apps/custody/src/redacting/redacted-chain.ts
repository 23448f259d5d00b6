import type { Config } from '../config/schema.ts'

/** Characters of the policy's digest that tell chains apart. */
const digestCharacters = 8

/** Where copies are sealed: a configuration in which the chain stands like an org of its own. */
export interface RedactedChain {
  readonly config: Pick<Config, 'state' | 'seal' | 'orgs'>
  readonly orgAlias: string
}

/**
 * The chain of an org's redacted copies by one policy. In a chain no time stands twice, so copies cannot stand in that of the
 * originals, nor can copies by two policies stand in one; state and audit log are theirs alone too. Null where nothing is sealed.
 */
export function redactedChain(config: Config, org: string, digest: string): RedactedChain | null {
  const known = config.orgs[org]
  if (config.seal === undefined || known === undefined) return null
  const suffix = `.redacted-${digest.slice(0, digestCharacters)}`
  const orgAlias = org + suffix
  const orgs = { [orgAlias]: { ...known, origin: (known.origin ?? org) + suffix } }
  return { config: { ...config, orgs }, orgAlias }
}
