import type { FaultAction } from '../faults/scenario.ts'
import { spoilLast } from '../faults/spoil.ts'
import { platformAssumed } from '../platform-assumptions.ts'
import { hash32 } from '../random.ts'
import { purpose } from '../world/purposes.ts'
import type { Step } from '../world/script.ts'
import { staticText } from '../world/static-text.ts'
import { isMessage } from '../world/world.ts'
import { updateEntries } from './connect-update.ts'
import type { CoreRequest } from './core-resources.ts'
import { inside, recordLimits, wholeNumber } from './entries-page.ts'
import type { OrgState } from './org-state.ts'
import { coreError, json, notFound, type Reply } from './reply.ts'
import { relatedRecords, senderOf, sentAt } from './wire-entry.ts'

/** The API version that brought the resource. */
const since = 51

const defaultRecordLimit = 25

const directions = ['FromStart', 'FromEnd'] as const

/** `GET` and `PATCH /services/data/vNN.0/connect/conversation/{conversationIdentifier}/entries` */
export function connectEntriesRoute({ org, request, user, version, parts, faults }: CoreRequest): Reply {
  if (Number.parseInt(version.slice(1), 10) < since) return notFound
  const refused = overLimit(org, user)
  if (refused) return refused
  const index = org.world.indexOf(decoded(parts[0] ?? ''))
  if (index === undefined || org.deletions.absent('connect').conversation(index)) {
    return coreError(404, platformAssumed.connectNotFound.errorCode, platformAssumed.connectNotFound.message)
  }
  if (request.method === 'PATCH') return updateEntries(org, index, request.body)
  org.active.touch(index, org.clock.now())
  return listMessages(org, index, request.query, faults)
}

/** Connect REST API Developer Guide, Request Limits: 503 beyond the hour's, 429 beyond the day's. */
function overLimit(org: OrgState, user: number): Reply | undefined {
  const now = org.clock.now()
  const { hour, day } = org.connectWindowsOf(user)
  const { connectHour, connectDay } = platformAssumed
  if (day.count(now) >= org.limits.connectPerDay) return coreError(429, connectDay.errorCode, connectDay.message)
  if (hour.count(now) >= org.limits.connectPerHour) return coreError(503, connectHour.errorCode, connectHour.message)
  hour.add(now)
  day.add(now)
  return undefined
}

function listMessages(org: OrgState, index: number, query: URLSearchParams, faults: readonly FaultAction[]): Reply {
  const limit = wholeNumber(query.get('recordLimit')) ?? defaultRecordLimit
  if (!(limit >= recordLimits.smallest && limit <= recordLimits.largest)) {
    return refuse('recordLimit', 'must be between 1 and 1000')
  }
  const direction = query.get('queryDirection') ?? 'FromEnd'
  if (!directions.some((known) => known === direction)) return refuse('queryDirection', 'is FromStart or FromEnd')
  const from = wholeNumber(query.get('startTimestamp'))
  const to = wholeNumber(query.get('endTimestamp'))
  if (Number.isNaN(from)) return refuse('startTimestamp', 'must be epoch milliseconds')
  if (Number.isNaN(to)) return refuse('endTimestamp', 'must be epoch milliseconds')

  const { outline, steps } = org.world.conversation(index)
  const absent = org.deletions.absent('connect')
  const listed = steps.filter((step) => isListed(org, index, step) && !absent.entry(index, step))
  // One list whichever end it is read from: the last page is the one read last.
  const read = direction === 'FromEnd' ? listed.toReversed() : listed
  const kept = read.slice(0, org.losses.kept('connect', read.length, limit))
  const page = kept.filter((step) => inside(org, step.at, from, to)).slice(0, shortened(limit, faults))
  if (org.switches.connectOrder === 'shuffled') {
    const place = ({ number }: Step): number => hash32(org.world.seed, purpose.order, index, number)
    page.sort((a, b) => place(a) - place(b))
  }
  const entries: unknown[] = page.map((step) => {
    const { entryId, payload } = org.world.entry(index, step)
    const text = staticText(payload)
    return {
      clientDuration: 0,
      clientTimestamp: sentAt(org.world, outline, step),
      identifier: entryId,
      ...(text !== undefined && { messageText: org.switches.connectEscaped ? escaped(text) : text }),
      relatedRecords: relatedRecords(org, outline, step),
      sender: senderOf(org.world, outline, step),
      serverReceivedTimestamp: step.at,
    }
  })
  for (const fault of faults) if (fault.type === 'malformed-entry') spoilLast(entries, fault.how)
  return json(200, { conversationEntries: entries }, { 'cache-control': 'no-cache,must-revalidate,max-age=0,no-store' })
}

/** Messages, not events; of bots and of more than text as the switches have it. */
function isListed(org: OrgState, index: number, step: Step): boolean {
  if (!isMessage(step) || (step.role === 'Chatbot' && !org.switches.connectBots)) return false
  if (org.losses.lost('connect', index, step)) return false
  return (
    org.switches.connectRichRows === 'without-text' || staticText(org.world.entry(index, step).payload) !== undefined
  )
}

function shortened(limit: number, faults: readonly FaultAction[]): number {
  return faults.reduce((least, fault) => {
    if (fault.type === 'empty-page') return 0
    return fault.type === 'short-page' ? Math.min(least, fault.entries) : least
  }, limit)
}

/** As the capture has it: `I&#39;m`. */
function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] as string)
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

// assumption: the code of a parameter out of range.
function refuse(parameter: string, rule: string): Reply {
  return coreError(400, 'INVALID_PARAMETER_VALUE', `${parameter} ${rule}`)
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
