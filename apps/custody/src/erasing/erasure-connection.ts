import { connectOrg, type OrgConnection } from '../archive-job/connect-org.ts'
import { concurrentReads } from '../archive-job/one-by-one.ts'
import type { CommandContext } from '../command-context.ts'
import type { Erasures } from './open-erasures.ts'

/** The org, for deleting and for reading back. */
export async function connectForErasure(
  { config, orgAlias, org }: Pick<Erasures, 'config' | 'orgAlias' | 'org'>,
  { env, clock }: Pick<CommandContext, 'env' | 'clock'>,
): Promise<OrgConnection> {
  return await connectOrg(orgAlias, org, {
    stateDirectory: config.state.directory,
    env,
    clock,
    connections: concurrentReads,
    onEvent: () => undefined,
  })
}
