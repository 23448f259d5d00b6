import type { ActiveConversations, FullOrgClient, OrgClient } from '@custody/http'
import { type Journal, journalled } from '@custody/journal'
import { parseJson } from '@custody/model'
import type { OrgConfig } from '../config/schema.ts'

/** Endpoints whose answers are kept: they cost the most, and each is about one conversation. */
const kept = new Set(['conversation-entries', 'connect'])

/**
 * A client for reading conversations one by one. What the journal of the run has is not asked for again; whatever is asked for
 * marks its conversation active, and waits for the budget of those.
 */
export function readingClient(
  client: FullOrgClient,
  active: ActiveConversations,
  journal: Journal | null,
  { loginUrl, apiVersion }: Pick<OrgConfig, 'loginUrl' | 'apiVersion'>,
): OrgClient {
  const asking: OrgClient = {
    async getJson(request) {
      if (request.affinity !== undefined && kept.has(request.endpoint))
        await active.enter(request.affinity, request.signal)
      return await client.getJson(request)
    },
  }
  if (journal === null) return asking
  const matches: Parameters<typeof journalled>[2]['matches'] = ({ endpoint }) => kept.has(endpoint)
  return journalled(asking, journal, { org: loginUrl, apiVersion, matches, parseJson })
}

/** For readers whose client sees to it: see {@link readingClient}. */
export const seenTo: ActiveConversations = { enter: async () => 0 }
