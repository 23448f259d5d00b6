import type { OrgSender } from '@custody/http'
import { CustodyError } from '@custody/pipeline'
import { endpoint } from './query-api.ts'
import { isUnusable } from './result.ts'
import type { Metadata } from './schema.ts'
import { readObjects } from './wire.ts'

/**
 * Asks which objects there are. Null when there is no saying: then the documented names are taken, and a query that is refused
 * tells that they are not the org's.
 */
export async function readMetadata(
  org: OrgSender,
  path: string,
  query: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Metadata | null> {
  try {
    const objects = await org.send({
      method: 'GET',
      origin: 'instance',
      path,
      query,
      endpoint,
      parse: readObjects,
      signal,
    })
    return objects.size === 0 ? null : objects
  } catch (error) {
    signal.throwIfAborted()
    const isForbidden = CustodyError.isInstance(error) && error.code === 'HTTP_403'
    if (isUnusable(error) || isForbidden) return null
    throw error
  }
}
