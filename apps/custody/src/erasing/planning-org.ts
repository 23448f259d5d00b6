import { defaultWire } from '@custody/entries-source'
import { checkDeletionApi, type ErasurePlan, type ErasureRequest, makePlans } from '@custody/erasure'
import type { OrgClient } from '@custody/http'
import type { CommandContext } from '../command-context.ts'
import { connectForErasure } from './erasure-connection.ts'
import type { Erasures } from './open-erasures.ts'
import { searchArchives } from './search-archives.ts'

/** Makes the plans of requests by what the org, the holds and the archives say now. Writes nothing. */
export async function plansOf(
  requests: readonly ErasureRequest[],
  erasures: Erasures,
  context: CommandContext,
  { archives = true }: { readonly archives?: boolean } = {},
): Promise<readonly ErasurePlan[]> {
  const { config, org, orgAlias, store, console } = erasures
  const { clock, signal } = context
  const connection = await connectForErasure(erasures, context)
  const asking = { org: connection.client, apiVersion: org.apiVersion, signal }
  try {
    return await makePlans({
      ...asking,
      store,
      requests,
      orgAlias,
      orgBlockers: await checkDeletionApi({ ...asking, probe: () => gatewayStatus(connection.client, signal) }),
      minimumRetention: config.erasure.minimumRetention ?? null,
      pace: { users: org.auth.users.length, perHour: org.limits.deletesPerHour },
      searchArchives: archives
        ? (sought) => searchArchives(config.archive.directory, sought, { console, signal })
        : null,
      now: clock.now(),
    })
  } finally {
    await connection.close()
  }
}

/** A question that names no conversation marks none as active. */
async function gatewayStatus(client: OrgClient, signal: AbortSignal): Promise<number> {
  const { origin, path, endpoint } = defaultWire
  return await client.getJson({ origin, path, endpoint, parse: (_, { status }) => status, signal })
}
