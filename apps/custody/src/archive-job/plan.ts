import type { Clock } from '@custody/pipeline'
import { orgLimits, planQueries } from '@custody/records-source'
import type { Console } from '../console.ts'
import { readingMs, readsPerMinute } from './choose-source.ts'
import type { OrgConnection } from './connect-org.ts'
import { count, duration } from './progress.ts'
import type { ReadingJob } from './reading-job.ts'
import { countAndResolve } from './resolve-source.ts'
import type { ReadableSource } from './source-names.ts'
import { table } from './summary.ts'

/** Counts what the window holds and says what archiving it costs. Reads no conversation. */
export async function printPlan(
  asked: ReadingJob,
  connection: OrgConnection,
  console: Console,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<void> {
  const { found, job, reason } = await countAndResolve(asked, connection, clock.now(), signal)
  const { apiRequests } = await orgLimits({ org: connection.client, apiVersion: job.org.apiVersion, signal })
  const conversations = found.conversations + found.outlyingSessions
  const { org, window } = job
  // One entry request a conversation, more for long ones: a lower bound, and said as one.
  const times = askedOneByOne(job)
  const atLeastMs = readingMs(conversations, org) * times
  const entryRequests = conversations * times
  const activeAtOnce = times > 0 ? Math.min(conversations, readsPerMinute(org) * 30, org.limits.activeConversations) : 0
  const parts = job.source === 'mixed' ? job.parts : [{ ...window, source: job.source }]
  console.event({
    type: 'plan',
    ...found,
    parts,
    reason,
    witnesses: job.witnesses,
    entryRequestsAtLeast: entryRequests,
    atLeastMs,
    activeAtOnce,
    apiRequests,
  })
  for (const { from, to, source } of parts) console.data(`${from} to ${to}: ${sourceWords[source]}`)
  if (reason !== null) console.data(`  since ${reason}`)
  const users = org.auth.users.length
  for (const line of table([
    ['conversations', count(conversations), `${count(found.sessions)} sessions`],
    ['without a conversation', count(found.sessionsWithoutConversation), 'sessions whose entries no API gives out'],
    [
      'entry requests',
      count(entryRequests),
      `at least; ${count(org.limits.entriesPerMinute * users)} a minute are allowed`,
    ],
    ['time', duration(atLeastMs), entryRequests > 0 ? 'at least' : 'depends on the query; nothing is read one by one'],
    [
      'active at once',
      count(Math.round(activeAtOnce)),
      `conversations kept active; ${count(org.limits.activeConversations)} are allowed`,
    ],
    [
      'calls left today',
      apiRequests ? count(apiRequests.remaining) : 'unknown',
      apiRequests ? `of ${count(apiRequests.max)} the org may make` : '',
    ],
  ])) {
    console.data(line)
  }
  console.talk('The census would ask:')
  for (const query of planQueries(window)) console.talk(`  ${query}`)
}

const sourceWords: Readonly<Record<ReadableSource, string>> = {
  'conversation-data': 'Conversation Data API, one by one',
  connect: 'Connect REST API, one by one: no bot messages, text only',
  data360: 'Data 360, by query',
  'transcript-export': 'transcript export, from files',
}

/** How many sources of the run ask for each conversation by itself. */
function askedOneByOne({ source, witnesses }: ReadingJob): number {
  return [source, ...witnesses].filter((each) => ['conversation-data', 'connect', 'mixed'].includes(each)).length
}
