import { type CountEntriesOptions, countEntriesOf, visibilityLagMs } from '@custody/data360-source'
import { connectWire, defaultWire, type EntriesWire } from '@custody/entries-source'
import {
  type ConversationReadBackOptions,
  conversationReadBack,
  countingReadBack,
  type ReadBackSource,
  recordsReadBack,
  type SentEntry,
} from '@custody/erasure'
import type { OrgClient } from '@custody/http'
import { type Clock, CustodyError } from '@custody/pipeline'
import { z } from 'zod'
import type { OrgConnection } from '../archive-job/connect-org.ts'
import type { OrgConfig } from '../config/schema.ts'

/**
 * Every way to look at the org that there is: the records, both APIs of entries, and Data 360 where it is configured. What is kept from
 * earlier readings is not looked at.
 */
export function readBackSources(
  org: OrgConfig,
  { client, rereading, data360 }: Pick<OrgConnection, 'client' | 'rereading' | 'data360'>,
  clock: Clock,
): readonly [ReadBackSource, ...ReadBackSource[]] {
  const { apiVersion } = org
  return [
    recordsReadBack({ org: client, apiVersion }),
    conversationReadBack({ name: 'conversation-data', read: entriesBy(defaultWire, rereading) }),
    conversationReadBack({ name: 'connect', read: entriesBy(connectWire(apiVersion), rereading) }),
    ...(org.data360 === undefined ? [] : [inData360(data360Asking(org.data360, org, data360, client, clock))]),
  ]
}

/** What it takes to ask Data 360 about some conversations. */
export function data360Asking(
  { api, dataspace, names }: NonNullable<OrgConfig['data360']>,
  { apiVersion }: OrgConfig,
  tenant: OrgConnection['data360'],
  client: OrgConnection['client'],
  clock: Clock,
): CountEntriesOptions {
  const org = api === 'connect' ? client : tenant(dataspace)
  return { api, org, apiVersion, clock, names: given(names), ...(api === 'connect' && { dataspace }) }
}

function inData360(asking: CountEntriesOptions): ReadBackSource {
  return countingReadBack({
    name: 'data360',
    lagMs: visibilityLagMs,
    countEntries: (ids, signal) => countEntriesOf(ids, asking, signal),
  })
}

/** Without the names that nobody gave. */
function given(names: NonNullable<OrgConfig['data360']>['names']): Record<string, string> {
  return Object.fromEntries(Object.entries(names).flatMap(([key, name]) => (name === undefined ? [] : [[key, name]])))
}

/** Never more pages of one conversation than this: a server that goes round in circles ends. */
const maxPages = 1_000

function entriesBy(wire: EntriesWire, org: OrgClient): ConversationReadBackOptions['read'] {
  const { parameters } = wire
  return async (identifier, { wholly, signal }) => {
    const known = new Map<string, SentEntry>()
    let [token, start] = [undefined as string | undefined, undefined as number | undefined]
    for (let pages = 0; pages < maxPages; pages++) {
      const page = await org.getJson({
        origin: wire.origin,
        path: wire.path.replace('{conversation}', () => encodeURIComponent(identifier)),
        query: {
          ...wire.query,
          ...(parameters.conversation !== null && { [parameters.conversation]: identifier }),
          [parameters.recordLimit]: wire.maxRecordLimit,
          ...(parameters.pageToken !== null && { [parameters.pageToken]: token }),
          [parameters.start]: start,
        },
        endpoint: wire.endpoint,
        affinity: identifier,
        fresh: true,
        parse: (document) => readPage(document, wire),
        signal,
      })
      const before = known.size
      for (const { key, ...entry } of page.entries) known.set(key, entry)
      if (known.size > 0 && !wholly) break
      token = page.token
      if (token !== undefined) continue
      // A page without a next one may have been cut: what follows is asked for by time, until nothing new comes.
      if (known.size === before || page.latest === undefined) break
      start = page.latest
    }
    return [...known.values()]
  }
}

const entrySchema = z.looseObject({
  identifier: z.string(),
  sender: z.looseObject({ subject: z.string().nullish() }).nullish(),
})

interface EntriesPage {
  readonly entries: readonly (SentEntry & { readonly key: string })[]
  readonly token: string | undefined
  /** The server's latest time of an entry on it. */
  readonly latest: number | undefined
}

/** Whose entries a page has. What cannot be read as an entry counts as one all the same: something is there. */
function readPage(document: unknown, { page, serverTimestamps }: EntriesWire): EntriesPage {
  const envelope = typeof document === 'object' && document !== null ? (document as Record<string, unknown>) : {}
  const items = envelope[page.entries]
  if (!Array.isArray(items)) {
    throw new CustodyError(
      'ERASURE_ENTRIES_MALFORMED',
      'A page of entries is none: whether they are gone cannot be told.',
      {
        actions: ['Run `custody doctor`: the API may answer in another form than is assumed.'],
      },
    )
  }
  const times = items.flatMap((item: unknown) => {
    const entry = typeof item === 'object' && item !== null ? (item as Record<string, unknown>) : {}
    const time = serverTimestamps.map((name) => Number(entry[name])).find((value) => Number.isFinite(value))
    return time === undefined ? [] : [time]
  })
  const token = page.nextPageToken === null ? undefined : envelope[page.nextPageToken]
  return {
    entries: items.map((item: unknown, index) => {
      const { data } = entrySchema.safeParse(item)
      return { key: data?.identifier ?? `unreadable ${index}`, subject: data?.sender?.subject ?? null }
    }),
    token: typeof token === 'string' && token !== '' ? token : undefined,
    latest: times.length === 0 ? undefined : times.reduce((latest, time) => Math.max(latest, time)),
  }
}
