import { soqlString } from '@custody/http'
import { listOf, member, type RawAnswer } from './ask.ts'

/** The conversation that probes read. Identifiers stay in memory. */
export interface TestConversation {
  readonly identifier: string
  readonly recordId: string
  /** Epoch milliseconds of the conversation and all its sessions; null where one is open. */
  readonly start: number | null
  readonly end: number | null
  /** What its sessions count; null where one has not ended. */
  readonly agentMessages: number | null
  readonly endUserMessages: number | null
}

/** More messages make some probes tell more, and all of them slower. */
const mostMessages = 400

type Soql = (query: string) => Promise<RawAnswer>

/** The conversation that was named, or of those whose session ended lately the one with the most messages, up to a bound. */
export async function findTestConversation(soql: Soql, wanted: string | null): Promise<TestConversation | null> {
  const where = wanted === null ? await ofRecentSession(soql) : `ConversationIdentifier = ${soqlString(wanted)}`
  if (where === null) return null
  const [row] = await rows(
    soql,
    `SELECT Id, ConversationIdentifier, StartTime, EndTime FROM Conversation WHERE ${where} LIMIT 1`,
  )
  const [recordId, identifier] = [member(row, 'Id'), member(row, 'ConversationIdentifier')]
  if (typeof recordId !== 'string' || typeof identifier !== 'string') return null
  const sessions = await rows(
    soql,
    `SELECT Status, StartTime, EndTime, AgentMessageCount, EndUserMessageCount FROM MessagingSession WHERE ConversationId = ${soqlString(recordId)}`,
  )
  const hasEnded = sessions.length > 0 && sessions.every((session) => member(session, 'Status') === 'Ended')
  const spans = [row, ...sessions]
  const starts = spans.map((each) => Date.parse(String(member(each, 'StartTime')))).filter(Number.isFinite)
  const ends = spans.map((each) => Date.parse(String(member(each, 'EndTime'))))
  const sum = (name: string): number =>
    sessions.reduce<number>((total, each) => total + Number(member(each, name) ?? 0), 0)
  return {
    identifier,
    recordId,
    start: starts.length > 0 ? Math.min(...starts) : null,
    end: ends.every(Number.isFinite) ? Math.max(...ends) : null,
    agentMessages: hasEnded ? sum('AgentMessageCount') : null,
    endUserMessages: hasEnded ? sum('EndUserMessageCount') : null,
  }
}

async function ofRecentSession(soql: Soql): Promise<string | null> {
  const found = await rows(
    soql,
    "SELECT ConversationId, AgentMessageCount, EndUserMessageCount FROM MessagingSession WHERE Status = 'Ended' AND ConversationId != null ORDER BY EndTime DESC LIMIT 200",
  )
  const sized = found.map((session) => ({
    id: member(session, 'ConversationId'),
    messages: Number(member(session, 'AgentMessageCount') ?? 0) + Number(member(session, 'EndUserMessageCount') ?? 0),
  }))
  const [best] = sized.filter(({ messages }) => messages <= mostMessages).sort((a, b) => b.messages - a.messages)
  return typeof best?.id === 'string' ? `Id = ${soqlString(best.id)}` : null
}

async function rows(soql: Soql, query: string): Promise<readonly unknown[]> {
  return listOf(member((await soql(query)).document, 'records'))
}
