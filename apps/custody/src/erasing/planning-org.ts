import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { defaultWire } from '@custody/entries-source'
import {
  type ArchiveSearch,
  checkDeletionApi,
  type ErasurePlan,
  type ErasureRequest,
  makePlans,
} from '@custody/erasure'
import type { OrgClient } from '@custody/http'
import type { CommandContext } from '../command-context.ts'
import { connectForErasure } from './erasure-connection.ts'
import { exportsDirectory } from './export-conversations.ts'
import type { Erasures } from './open-erasures.ts'
import { searchArchives } from './search-archives.ts'

export interface PlansOptions {
  /** @defaultValue true */
  readonly archives?: boolean
  /** Told of the conversations that archives are searched for. */
  readonly onSought?: (sought: readonly ArchiveSearch[]) => void
}

/** Makes the plans of requests by what the org, the holds and the archives say now. Writes nothing. */
export async function plansOf(
  requests: readonly ErasureRequest[],
  erasures: Erasures,
  context: CommandContext,
  { archives = true, onSought }: PlansOptions = {},
): Promise<readonly ErasurePlan[]> {
  const { config, org, orgAlias, store, console } = erasures
  const { clock, signal } = context
  const exports = await directoriesBelow(exportsDirectory(config))
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
        ? (sought) => {
            onSought?.(sought)
            return searchArchives([config.archive.directory, ...exports], sought, { console, signal })
          }
        : null,
      now: clock.now(),
    })
  } finally {
    await connection.close()
  }
}

/** The folders that may hold archives: one for each run of each request. None where nothing was ever exported. */
async function directoriesBelow(directory: string): Promise<readonly string[]> {
  const entries = await readdir(directory, { withFileTypes: true, recursive: true }).catch(() => [])
  return entries.filter((entry) => entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name))
}

/** A question that names no conversation marks none as active. */
async function gatewayStatus(client: OrgClient, signal: AbortSignal): Promise<number> {
  const { origin, path, endpoint } = defaultWire
  return await client.getJson({ origin, path, endpoint, parse: (_, { status }) => status, signal })
}
