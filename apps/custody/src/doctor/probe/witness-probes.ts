import { connectWire, defaultWire } from '@custody/entries-source'
import { soqlString } from '@custody/http'
import { toEntryKind, toRole } from '@custody/model'
import { listOf, member } from './ask.ts'
import { payloadOf } from './content-probes.ts'
import { identifierOf, onWhole, timeBounds } from './entries-probes.ts'
import { doesNotHold, holds, notTold, type Probe, type ProbeOutcome, told } from './probe.ts'
import { nextTokenOf, type ProbedOrg, rowsOf, timeOf, wholePage } from './probed-org.ts'

/** What is counted apart from the entries themselves: sessions, participants, Connect REST. */
export const witnessProbes: readonly Probe[] = [
  {
    name: 'session-counts',
    section: 'Census',
    assumption: 'a session counts, in `AgentMessageCount` and `EndUserMessageCount`, each message of that role',
    isSilent: true,
    calls: 0,
    run: onWhole(async (rows, probed) => {
      const { agentMessages = null, endUserMessages = null } = (await probed.conversation()) ?? {}
      if (agentMessages === null || endUserMessages === null) return notTold('a session has not ended')
      const [agent, endUser] = [messagesOf(rows, 'agent').length, messagesOf(rows, 'end-user').length]
      const observed = { agentMessages, agent, endUserMessages, endUser }
      return told(agent === agentMessages && endUser === endUserMessages, observed)
    }),
  },
  {
    name: 'no-hidden-cut',
    section: 'Entries',
    assumption: 'no server ignores limit and bounds, gives no tokens, and still cuts pages',
    isSilent: true,
    calls: 0,
    run: onWhole(noHiddenCut),
  },
  {
    name: 'participants-of-end-users',
    section: 'Census',
    assumption: "a conversation's end users are those of its sessions and its participants whose id begins with `0PA`",
    isSilent: false,
    calls: 1,
    async run(probed) {
      const prefixes = (await participants(probed))
        .filter(({ role }) => role === 'end-user')
        .map(({ prefix }) => prefix)
      if (prefixes.length === 0) return notTold('no participant is an end user')
      const distinct = [...new Set(prefixes)].sort()
      return told(distinct.join() === '0PA', { prefixes: distinct })
    },
  },
  {
    name: 'connect-time-bounds',
    section: 'Connect REST',
    assumption: '`startTimestamp`, `endTimestamp` are milliseconds, though the documented sample is seconds',
    isSilent: false,
    calls: 2,
    run: onConnect(async (rows, probed) => {
      const { parameters, serverTimestamps } = connectWire(probed.org.config.apiVersion)
      const times = rows.flatMap((row) => timeOf(row, serverTimestamps) ?? []).sort((a, b) => a - b)
      const bound = times[Math.floor(times.length / 2)]
      if (bound === undefined || bound === times[0]) return notTold('the rows have too few times')
      const page = await probed.connect({ ...wholePage, [parameters.start]: bound })
      const found = rowsOf(page).flatMap((row) => timeOf(row, serverTimestamps) ?? [])
      const isInclusive = found.includes(bound)
      const expected = times.filter((time) => (isInclusive ? time >= bound : time > bound)).length
      return told(found.length === expected, { isInclusive, found: found.length, expected })
    }),
  },
  {
    name: 'connect-pages',
    section: 'Connect REST',
    assumption: 'no page is cut below 20 entries',
    isSilent: false,
    calls: 0,
    run: onConnect(async (rows, probed) => {
      const messages = (await wholeRows(probed)).filter(isMessage).length
      if (messages <= defaultWire.smallestPage) return notTold('the conversation is too short', { rows: rows.length })
      return told(rows.length >= defaultWire.smallestPage, { rows: rows.length, messages })
    }),
  },
  {
    name: 'connect-rows-are-messages',
    section: 'Connect REST',
    assumption: 'every row is a message',
    isSilent: false,
    calls: 0,
    run: onConnect(async (rows, probed) => {
      const messages = new Set((await wholeRows(probed)).filter(isMessage).map(identifierOf))
      if (messages.size === 0) return notTold('the Conversation Data API did not answer with messages')
      const others = rows.filter((row) => !messages.has(identifierOf(row))).length
      return told(others === 0, { rows: rows.length, others })
    }),
  },
  {
    name: 'connect-rich-messages',
    section: 'Connect REST',
    assumption: 'a message that is no plain text comes as a row without `messageText`',
    isSilent: true,
    calls: 0,
    run: onConnect(async (rows, probed) => {
      const rich = (await wholeRows(probed)).filter((row) => isMessage(row) && !isPlainText(row) && !isOfBot(row))
      if (rich.length === 0) return notTold('every message of people is plain text')
      const given = new Set(rows.map(identifierOf))
      const missing = rich.filter((row) => !given.has(identifierOf(row))).length
      return told(missing === 0, { rich: rich.length, missing })
    }),
  },
  {
    name: 'connect-bots-are-participants',
    section: 'Connect REST',
    assumption: 'an org that gives no message of a bot names the bot among the participants of the census',
    isSilent: false,
    calls: 0,
    run: onConnect(async (rows, probed) => {
      const bots = (await wholeRows(probed)).filter((row) => isMessage(row) && isOfBot(row)).length
      const given = rows.filter(isOfBot).length
      if (bots === 0) return notTold('no bot speaks in the conversation')
      if (given > 0) return notTold('this org gives messages of bots', { bots, given })
      const named = (await participants(probed)).filter(({ role }) => role === 'bot').length
      return told(named > 0, { bots, given, named })
    }),
  },
]

async function noHiddenCut(rows: readonly unknown[], probed: ProbedOrg): Promise<ProbeOutcome> {
  const one = await probed.entries({ [defaultWire.parameters.recordLimit]: 1 })
  const limit = rowsOf(one).length === 1 && rows.length > 1
  const token = nextTokenOf(one) !== null
  const bounds = (await timeBounds(rows, probed)).verdict === 'holds'
  // Any one of them gives an incomplete page away.
  if (limit || token || bounds) return holds({ limit, token, bounds })
  const { agentMessages = null, endUserMessages = null } = (await probed.conversation()) ?? {}
  const counted = agentMessages === null || endUserMessages === null ? null : agentMessages + endUserMessages
  const given = messagesOf(rows, 'agent').length + messagesOf(rows, 'end-user').length
  if (counted !== null && given < counted) return doesNotHold({ limit, token, bounds, given, counted })
  return notTold('neither limit nor bounds nor tokens were seen to work', { limit, token, bounds, given, counted })
}

function onConnect(
  look: (rows: readonly unknown[], probed: ProbedOrg) => Promise<ProbeOutcome> | ProbeOutcome,
): Probe['run'] {
  return async (probed) => {
    const answer = await probed.connect(wholePage)
    if (answer.status !== 200) return notTold('Connect REST did not answer with entries', { status: answer.status })
    const rows = rowsOf(answer)
    return rows.length === 0 ? notTold('Connect REST gives no row of the conversation') : await look(rows, probed)
  }
}

async function wholeRows(probed: ProbedOrg): Promise<readonly unknown[]> {
  return rowsOf(await probed.entries(wholePage))
}

function messagesOf(rows: readonly unknown[], role: string): readonly unknown[] {
  return rows.filter((row) => isMessage(row) && roleOf(row) === role)
}

function isMessage(row: unknown): boolean {
  return toEntryKind(String(member(row, 'entryType'))) === 'message'
}

function isOfBot(row: unknown): boolean {
  return roleOf(row) === 'bot'
}

function roleOf(row: unknown): string {
  return toRole(member(member(row, 'sender'), 'role'))
}

function isPlainText(row: unknown): boolean {
  const content = member(member(payloadOf(member(row, 'entryPayload')), 'abstractMessage'), 'staticContent')
  return member(content, 'formatType') === 'Text'
}

interface Participant {
  readonly role: string
  /** The three characters that tell the object. */
  readonly prefix: string
}

async function participants(probed: ProbedOrg): Promise<readonly Participant[]> {
  const conversation = await probed.conversation()
  if (conversation === null) return []
  const of = soqlString(conversation.recordId)
  const soql = `SELECT ParticipantEntityId, ParticipantRole FROM ConversationParticipant WHERE ConversationId = ${of}`
  const { document } = await probed.soql(soql)
  return listOf(member(document, 'records')).map((row) => ({
    role: toRole(member(row, 'ParticipantRole')),
    prefix: String(member(row, 'ParticipantEntityId') ?? '').slice(0, 3),
  }))
}
