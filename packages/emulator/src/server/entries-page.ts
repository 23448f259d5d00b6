import { assumed } from '../assumptions.ts'
import type { FaultAction } from '../faults/scenario.ts'
import { spoilLast } from '../faults/spoil.ts'
import { withChecksum } from '../ids.ts'
import { hash32, Random } from '../random.ts'
import type { Outline } from '../world/outline.ts'
import { appTypeOf, subjectOf } from '../world/participants.ts'
import type { Person } from '../world/people.ts'
import { purpose } from '../world/purposes.ts'
import type { Step, WireRole } from '../world/script.ts'
import { bot, supervisor } from '../world/staff.ts'
import type { OrgState } from './org-state.ts'

export interface EntriesPage {
  readonly entries: readonly unknown[]
  readonly nextPageToken: string | undefined
}

/** Limits of `recordLimit`, documented for Connect REST. */
const recordLimits = { smallest: 1, largest: 1_000 }

/** One page of a conversation's entries, as the query and the switches ask for. */
export function listEntries(
  org: OrgState,
  index: number,
  query: URLSearchParams,
  faults: readonly FaultAction[],
): EntriesPage | { readonly refused: string } {
  const { switches, world } = org
  const { parameters } = assumed
  const limit = wholeNumber(query.get(parameters.recordLimit))
  if (limit !== undefined && switches.recordLimit === 'honoured') {
    if (!(limit >= recordLimits.smallest && limit <= recordLimits.largest)) {
      return { refused: `${parameters.recordLimit} must be between 1 and 1000` }
    }
  }
  const from = wholeNumber(query.get(parameters.startTimestamp))
  const to = wholeNumber(query.get(parameters.endTimestamp))
  if (Number.isNaN(from) || Number.isNaN(to)) return { refused: 'timestamps must be epoch milliseconds' }

  const conversation = world.conversation(index)
  const steps = ordered(org, index, conversation.steps).filter((step) => inside(org, step.at, from, to))
  const token = query.get(parameters.pageToken)
  const start = token === null || !switches.pageTokens ? 0 : resumeAt(steps, index, token)
  if (start === undefined) return { refused: 'invalid page token' }

  const asked = switches.recordLimit === 'honoured' ? limit : undefined
  const size = Math.min(asked ?? switches.defaultRecordLimit, switches.pageCap)
  const end = start + shortened(size, faults)
  const duplicated = faults.some(({ type }) => type === 'duplicate-page')
  const page = steps.slice(duplicated ? Math.max(0, start - size) : start, end)
  const person = world.person(conversation.outline.person)
  const entries: unknown[] = page.map((step) => wireEntry(org, conversation.outline, person, step))
  for (const fault of faults) if (fault.type === 'malformed-entry') spoilLast(entries, fault.how)
  if (!switches.pageTokens) return { entries, nextPageToken: undefined }
  const last = end > start ? page.at(-1)?.number : end === 0 ? -1 : steps[end - 1]?.number
  const fresh = end < steps.length && last !== undefined ? pageToken(org, index, last, end > start) : undefined
  const repeated = faults.some(({ type }) => type === 'repeat-token')
  return { entries, nextPageToken: repeated ? (token ?? pageToken(org, index, -1, true)) : fresh }
}

function shortened(size: number, faults: readonly FaultAction[]): number {
  return faults.reduce((least, fault) => {
    if (fault.type === 'empty-page') return 0
    return fault.type === 'short-page' ? Math.min(least, fault.entries) : least
  }, size)
}

/**
 * A page token names the last entry given, so entries that come later do not shift the pages behind it. Behind an empty
 * page the place is the same but the token is new: a token that comes twice would be a loop.
 */
function pageToken(org: OrgState, index: number, lastNumber: number, advanced: boolean): string {
  const nonce = advanced ? '' : `:${++org.emptyPages.served}`
  return Buffer.from(`${index}:${lastNumber}${nonce}`).toString('base64url')
}

/** The entry after the one a token names; undefined for a token of another conversation or of nothing. */
function resumeAt(steps: readonly Step[], index: number, token: string): number | undefined {
  const match = /^(\d+):(-?\d+)(?::\d+)?$/.exec(Buffer.from(token, 'base64url').toString())
  if (!match || Number(match[1]) !== index) return undefined
  const last = Number(match[2])
  // Entries count from 0: -1 is the place before the first.
  if (last === -1) return 0
  const k = steps.findIndex((step) => step.number === last)
  return k < 0 ? undefined : k + 1
}

function ordered(org: OrgState, index: number, steps: readonly Step[]): readonly Step[] {
  switch (org.switches.order) {
    case 'ascending':
      return steps
    case 'descending':
      return steps.toReversed()
    case 'shuffled': {
      // What is added while somebody reads comes last even without an order, as in a log.
      const place = ({ cue, number }: Step): number =>
        cue === 'late' ? 2 ** 32 + number : hash32(org.world.seed, purpose.order, index, number)
      return steps.toSorted((a, b) => place(a) - place(b))
    }
  }
}

function inside(org: OrgState, at: number, from: number | undefined, to: number | undefined): boolean {
  const { switches } = org
  if (switches.timestamps === 'ignored') return true
  if (from !== undefined && (switches.startTimestamp === 'inclusive' ? at < from : at <= from)) return false
  return to === undefined || (switches.endTimestamp === 'inclusive' ? at <= to : at < to)
}

/** An entry as the API writes it. */
function wireEntry(org: OrgState, outline: Outline, person: Person, step: Step): Record<string, unknown> {
  const { switches, world } = org
  const { entryId, entryType, payload } = world.entry(outline.index, step)
  const received = switches.timestampUnit === 'seconds' ? Math.floor(step.at / 1_000) : step.at
  // The sender's clock is up to a second and a half behind.
  const sent = step.at - new Random(world.seed, purpose.order, outline.index, step.number).below(1_500)
  const client = switches.timestampUnit === 'milliseconds' ? sent : Math.floor(sent / 1_000)
  return {
    identifier: entryId,
    entryType,
    entryPayload: switches.payload === 'string' ? JSON.stringify(payload) : payload,
    sender: participant(org, outline, person, step.role, step.session),
    ...(switches.senderDisplayName && { senderDisplayName: displayNameOf(outline, person, step) }),
    recipients: step.role === 'EndUser' ? [] : [participant(org, outline, person, 'EndUser', step.session)],
    relatedRecords: relatedRecords(org, outline, step),
    clientTimestamp: client,
    ...(switches.timestampField !== 'serverReceivedTimestamp' && { transcriptedTimestamp: received }),
    ...(switches.timestampField !== 'transcriptedTimestamp' && { serverReceivedTimestamp: received }),
  }
}

function participant(org: OrgState, outline: Outline, person: Person, role: WireRole, session: number): object {
  return {
    role,
    appType: appTypeOf(outline, role),
    subject: subjectOf(org.world.seed, outline, person, role, session),
  }
}

function displayNameOf(outline: Outline, person: Person, { role, session }: Step): string {
  switch (role) {
    case 'EndUser':
      return person.name
    case 'Agent':
      return outline.agents[Math.min(session, outline.agents.length - 1)]?.name ?? 'Agent'
    case 'Supervisor':
      return supervisor.name
    case 'Chatbot':
      return bot.name
    default:
      return 'Automated Process'
  }
}

/** Bots relate their entries to nothing. */
function relatedRecords(org: OrgState, outline: Outline, step: Step): readonly string[] {
  const id15 = outline.sessions[step.session]?.id15
  if (step.role === 'Chatbot' || id15 === undefined) return []
  return [org.switches.relatedRecordIds === 15 ? id15 : withChecksum(id15)]
}

function wholeNumber(text: string | null): number | undefined {
  if (text === null) return undefined
  return /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN
}
