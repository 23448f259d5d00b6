import { entryTextsOf, visibilityLagMs } from '@custody/data360-source'
import { type ReadEntries, readConnectEntries, readEntries } from '@custody/entries-source'
import type { TextReadBack } from '@custody/erasure'
import { emptyConversation } from '@custody/model'
import type { Clock } from '@custody/pipeline'
import type { OrgConnection } from '../archive-job/connect-org.ts'
import type { OrgConfig } from '../config/schema.ts'
import { seenTo } from '../resuming/reading-client.ts'
import { anyTime } from './mask-finder.ts'
import { data360Asking } from './read-back-sources.ts'

/** Every way to read texts back that there is: both APIs of entries, and Data 360 where it is configured. */
export function textReadBacks(
  org: OrgConfig,
  { client, rereading, data360 }: Pick<OrgConnection, 'client' | 'rereading' | 'data360'>,
  clock: Clock,
): readonly [TextReadBack, ...TextReadBack[]] {
  const asking = { org: rereading, window: anyTime, activeConversations: seenTo }
  const connect = readConnectEntries({ ...asking, apiVersion: org.apiVersion })
  return [
    { name: 'conversation-data', lagMs: 0, readTexts: textsBy(readEntries(asking)) },
    { name: 'connect', lagMs: 0, readTexts: textsBy(connect) },
    ...(org.data360 === undefined ? [] : [inData360(data360Asking(org.data360, org, data360, client, clock))]),
  ]
}

function inData360(asking: ReturnType<typeof data360Asking>): TextReadBack {
  return {
    name: 'data360',
    lagMs: visibilityLagMs,
    readTexts: ({ recordIds }, signal) => entryTextsOf(recordIds, asking, signal),
  }
}

function textsBy(read: ReadEntries): TextReadBack['readTexts'] {
  return async ({ id }, signal) => {
    const { entries } = await read(emptyConversation(id), signal)
    return new Map(entries.flatMap(({ entryId, text }) => (text === null ? [] : [[entryId, text] as const])))
  }
}
