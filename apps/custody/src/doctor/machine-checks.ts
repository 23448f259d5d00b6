import type { CommandContext } from '../command-context.ts'
import type { Config, OrgConfig } from '../config/schema.ts'
import { checkConfiguration } from './check-configuration.ts'
import { checkDisk } from './check-disk.ts'
import { checkSealKey } from './check-seal.ts'
import { checkSharedLimits, checkStateDirectory } from './check-state.ts'
import { skipped } from './finding.ts'
import type { Check } from './run-checks.ts'

/** What is the same for all orgs: the configuration, the disk, the key that seals, what is remembered here. */
export function machineChecks(
  config: Config,
  orgs: readonly (readonly [string, OrgConfig])[],
  { env, signal, clock }: Pick<CommandContext, 'env' | 'signal' | 'clock'>,
): readonly Check[] {
  const check = (name: string, run: Check['run'], subject?: string): Check => ({
    name,
    org: null,
    ...(subject !== undefined && { subject }),
    run,
  })
  const [first] = orgs
  const state = config.state.directory
  return [
    check('configuration', async () => checkConfiguration(config)),
    check('disk', () => checkDisk(config.archive.directory), 'archives'),
    check('disk', () => checkDisk(state), 'state'),
    check('state', async () => checkStateDirectory(state)),
    check('shared-limits', async () =>
      first ? checkSharedLimits(state, first[1], clock) : skipped('there is no org'),
    ),
    check('seal-key', () => checkSealKey(config.seal, { env, signal })),
  ]
}
