import { countWindow, planQueries } from '@custody/records-source'
import type { Console } from '../console.ts'
import type { ArchiveJob } from './archive-job.ts'
import type { OrgConnection } from './connect-org.ts'
import { count, duration } from './progress.ts'
import { table } from './summary.ts'

/** Counts what the window holds and says what archiving it costs. Reads no conversation. */
export async function printPlan(
  job: ArchiveJob,
  { client }: OrgConnection,
  console: Console,
  signal: AbortSignal,
): Promise<void> {
  const { entriesPerMinute, activeConversations } = job.org.limits
  const found = await countWindow({ org: client, window: job.window, apiVersion: job.org.apiVersion, signal })
  // One entry request a conversation, more for long ones: a lower bound, and said as one.
  const reading = (found.conversations / entriesPerMinute) * 60_000
  // Each read keeps its conversation active for half an hour.
  const activeAtOnce = Math.min(found.conversations, entriesPerMinute * 30, activeConversations)
  console.event({ type: 'plan', ...found, entryRequestsAtLeast: found.conversations, atLeastMs: reading, activeAtOnce })
  for (const line of table([
    ['conversations', count(found.conversations), `${count(found.sessions)} sessions`],
    ['without a conversation', count(found.sessionsWithoutConversation), 'sessions whose entries no API gives out'],
    ['entry requests', count(found.conversations), `at least; ${count(entriesPerMinute)} a minute are allowed here`],
    ['time', duration(reading), 'at least'],
    [
      'active at once',
      count(activeAtOnce),
      `conversations kept active; ${count(activeConversations)} are allowed here`,
    ],
  ])) {
    console.data(line)
  }
  console.talk('The census would ask:')
  for (const query of planQueries(job.window)) console.talk(`  ${query}`)
}
