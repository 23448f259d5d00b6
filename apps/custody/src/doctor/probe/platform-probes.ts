import { planQueries } from '@custody/records-source'
import { listOf, member, type RawAnswer } from './ask.ts'
import { doesNotHold, holds, notTold, type Probe, safeWords, told } from './probe.ts'
import { type ProbedOrg, rowsOf, timeOf, wholePage } from './probed-org.ts'

const noSuchConversation = 'no-such-conversation'

/** Sign-in, error bodies, and what the census rests on. */
export const platformProbes: readonly Probe[] = [
  {
    name: 'reply-names-gateway',
    section: 'Sign-in',
    assumption: 'the reply names the API gateway (`api_instance_url`)',
    isSilent: false,
    calls: 0,
    run: ({ signedIn }) => told(signedIn.reply.gateway !== null),
  },
  {
    name: 'gateway-serves-entries',
    section: 'Sign-in',
    assumption: 'that gateway also serves the Conversation Data API',
    isSilent: false,
    calls: 4,
    async run(probed) {
      const { status } = await probed.entries(wholePage)
      if (status === 200) return holds({ status })
      // The doctor tells which of the causes of a 404 it is.
      return notTold('the Conversation Data API did not answer with entries', { status })
    },
  },
  {
    name: 'jwt-tells-its-life',
    section: 'Sign-in',
    assumption: 'a JWT tells its life by `exp` and `iat`',
    isSilent: false,
    calls: 0,
    run: ({ signedIn: { reply } }) =>
      reply.isJwt ? told(reply.lifetimeMs !== null, { lifetimeMs: reply.lifetimeMs }) : notTold('the token is opaque'),
  },
  {
    name: 'error-bodies',
    section: 'Requests',
    assumption: 'error bodies look like those of neighbouring APIs',
    isSilent: false,
    calls: 1,
    async run(probed) {
      const { status, headers, document } = await probed.entries({}, noSuchConversation)
      if (status < 400) return notTold('the request was not refused', { status })
      const first: unknown = Array.isArray(document) ? document[0] : document
      const isObject = typeof first === 'object' && first !== null
      const shape = Array.isArray(document) ? 'array' : isObject ? 'object' : 'no JSON'
      const fields = isObject ? safeWords(Object.keys(first)) : []
      const isKnown = ['errorCode', 'error', 'title'].some((name) => fields.includes(name))
      const mediaType = headers['content-type']?.split(';')[0] ?? null
      return told(isKnown, { status, shape, fields, mediaType })
    },
  },
  {
    name: 'unknown-conversation',
    section: 'Entries',
    assumption: 'an unknown conversation gives 404',
    isSilent: false,
    calls: 0,
    async run(probed) {
      const { status, document } = await probed.entries({}, noSuchConversation)
      const isEmptyPage = status === 200 && rowsOf({ status, headers: {}, document }).length === 0
      return told(status === 404, { status, isEmptyPage })
    },
  },
  {
    name: 'census-filters',
    section: 'Census',
    assumption: '`Id`, `StartTime`, `EndTime` of both objects can be filtered and sorted by',
    isSilent: false,
    calls: 3,
    async run(probed) {
      const now = probed.org.clock.now()
      const window = { from: new Date(now - 3_600_000).toISOString(), to: new Date(now).toISOString() }
      const statuses: number[] = []
      for (const query of planQueries(window)) statuses.push((await probed.soql(`${query} LIMIT 1`)).status)
      return told(
        statuses.every((status) => status === 200),
        { statuses: statuses.join(', ') },
      )
    },
  },
  {
    name: 'order-by-id',
    section: 'Census',
    assumption: "`ORDER BY Id` and `Id > '…'` agree",
    isSilent: false,
    calls: 2,
    async run(probed) {
      const first = idsOf(await probed.soql('SELECT Id FROM MessagingSession ORDER BY Id LIMIT 200'))
      const middle = first[Math.floor(first.length / 2)]
      if (middle === undefined || first.length < 3) return notTold('fewer than three sessions')
      const behind = first.slice(first.indexOf(middle) + 1)
      const again = await probed.soql(
        `SELECT Id FROM MessagingSession WHERE Id > '${middle}' ORDER BY Id LIMIT ${behind.length}`,
      )
      return told(idsOf(again).join() === behind.join(), { rows: first.length })
    },
  },
  {
    name: 'census-error-codes',
    section: 'Census',
    assumption: 'codes of a lost cursor and of an object one cannot see',
    isSilent: false,
    calls: 2,
    async run(probed) {
      const cursor = codeOf(await probed.platform('query/01g000000000000AAA-2000'))
      const object = codeOf(await probed.soql('SELECT Id FROM NoSuchObjectOfCustody'))
      return told(cursor === 'INVALID_QUERY_LOCATOR' && object === 'INVALID_TYPE', { cursor, object })
    },
  },
  {
    name: 'entries-within-times',
    section: 'Census',
    assumption: 'entries lie between the start and the end of their conversation or of one of its sessions',
    isSilent: true,
    calls: 0,
    run: entriesWithinTimes,
  },
  {
    name: 'voice-channels',
    section: 'Census',
    assumption: 'the channel of a call is a record whose id begins with `04v` (CallCenter)',
    isSilent: true,
    calls: 1,
    async run(probed) {
      const soql = 'SELECT Conversation.ConversationChannelId FROM VoiceCall WHERE ConversationId != null LIMIT 20'
      const { status, document } = await probed.soql(soql)
      const channels = listOf(member(document, 'records')).map((row) =>
        member(member(row, 'Conversation'), 'ConversationChannelId'),
      )
      const prefixes = [...new Set(channels.filter((id) => typeof id === 'string').map((id) => id.slice(0, 3)))].sort()
      if (prefixes.length === 0) return notTold('no voice call with a conversation is seen', { status })
      return told(prefixes.join() === '04v', { prefixes })
    },
  },
]

async function entriesWithinTimes(probed: ProbedOrg) {
  const conversation = await probed.conversation()
  const times = rowsOf(await probed.entries(wholePage)).flatMap((row) => timeOf(row) ?? [])
  if (conversation?.start == null || conversation.end === null || times.length === 0) {
    return notTold('no conversation with a start, an end and entries')
  }
  const beforeMs = Math.max(0, conversation.start - Math.min(...times))
  const afterMs = Math.max(0, Math.max(...times) - conversation.end)
  return beforeMs === 0 && afterMs === 0 ? holds({ entries: times.length }) : doesNotHold({ beforeMs, afterMs })
}

/** The error code of a refused request; null for none. Only words that look like one. */
function codeOf({ document }: RawAnswer): string | null {
  const code = member(listOf(document)[0], 'errorCode')
  return typeof code === 'string' && /^[A-Z_]{3,60}$/.test(code) ? code : null
}

/** Ids of the records of a page, for comparing them: they go nowhere. */
function idsOf({ document }: RawAnswer): readonly string[] {
  return listOf(member(document, 'records'))
    .map((row) => member(row, 'Id'))
    .filter((id) => typeof id === 'string' && /^[A-Za-z0-9]{15,18}$/.test(id)) as string[]
}
