import { assumed } from '../assumptions.ts'
import type { FaultAction } from '../faults/scenario.ts'
import { spoilLast } from '../faults/spoil.ts'
import { hash32 } from '../random.ts'
import { purpose } from '../world/purposes.ts'
import type { Step } from '../world/script.ts'
import type { OrgState } from './org-state.ts'
import { wireEntry } from './wire-entry.ts'

export interface EntriesPage {
  readonly entries: readonly unknown[]
  readonly nextPageToken: string | undefined
}

export interface EntriesQuestion {
  /** Of the conversation. */
  readonly index: number
  readonly user: number
  readonly query: URLSearchParams
  readonly faults: readonly FaultAction[]
}

/** Limits of `recordLimit`, documented for Connect REST. */
export const recordLimits: { readonly smallest: number; readonly largest: number } = { smallest: 1, largest: 1_000 }

/** One page of a conversation's entries, as the query and the switches ask for. */
export function listEntries(
  org: OrgState,
  { index, user, query, faults }: EntriesQuestion,
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
  const absent = org.deletions.absent('conversation-data')
  const held = conversation.steps.filter(
    (step) => !org.losses.lost('conversation-data', index, step) && !absent.entry(index, step),
  )
  const listed = ordered(org, index, held).filter((step) => inside(org, step.at, from, to))
  const asked = switches.recordLimit === 'honoured' ? limit : undefined
  const size = Math.min(asked ?? switches.defaultRecordLimit, switches.pageCap)
  const steps = listed.slice(0, org.losses.kept('conversation-data', listed.length, size))
  const token = query.get(parameters.pageToken)
  const place: TokenPlace = { index, owner: switches.pageTokensOf === 'user' ? user : null }
  const start = token === null || !switches.pageTokens ? 0 : resumeAt(steps, place, token)
  if (start === undefined) return { refused: 'invalid page token' }

  const end = start + shortened(size, faults)
  const duplicated = faults.some(({ type }) => type === 'duplicate-page')
  const page = steps.slice(duplicated ? Math.max(0, start - size) : start, end)
  const entries: unknown[] = page.map((step) => wireEntry(org, conversation.outline, step))
  for (const fault of faults) if (fault.type === 'malformed-entry') spoilLast(entries, fault.how)
  if (!switches.pageTokens) return { entries, nextPageToken: undefined }
  const last = end > start ? page.at(-1)?.number : end === 0 ? -1 : steps[end - 1]?.number
  const fresh = end < steps.length && last !== undefined ? pageToken(org, place, last, end > start) : undefined
  const repeated = faults.some(({ type }) => type === 'repeat-token')
  return { entries, nextPageToken: repeated ? (token ?? pageToken(org, place, -1, true)) : fresh }
}

function shortened(size: number, faults: readonly FaultAction[]): number {
  return faults.reduce((least, fault) => {
    if (fault.type === 'empty-page') return 0
    return fault.type === 'short-page' ? Math.min(least, fault.entries) : least
  }, size)
}

interface TokenPlace {
  /** Of the conversation. */
  readonly index: number
  /** Whose token it is; null for anyone's. */
  readonly owner: number | null
}

/**
 * A page token names the last entry given, so entries that come later do not shift the pages behind it. Behind an empty
 * page the place is the same but the token is new: a token that comes twice would be a loop.
 */
function pageToken(org: OrgState, { index, owner }: TokenPlace, lastNumber: number, advanced: boolean): string {
  const nonce = advanced ? '' : `:${++org.emptyPages.served}`
  return Buffer.from(`${index}:${lastNumber}${nonce}${suffixOf(owner)}`).toString('base64url')
}

function suffixOf(owner: number | null): string {
  return owner === null ? '' : `@${owner}`
}

/** The entry after the one a token names; undefined for a token of another conversation, of another user or of nothing. */
function resumeAt(steps: readonly Step[], { index, owner }: TokenPlace, token: string): number | undefined {
  const match = /^(\d+):(-?\d+)(?::\d+)?(@\d+)?$/.exec(Buffer.from(token, 'base64url').toString())
  if (!match || Number(match[1]) !== index || (match[3] ?? '') !== suffixOf(owner)) return undefined
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

/** Whether an entry lies within the bounds asked for, as the switches understand them. */
export function inside(org: OrgState, at: number, from: number | undefined, to: number | undefined): boolean {
  const { switches } = org
  if (switches.timestamps === 'ignored') return true
  if (from !== undefined && (switches.startTimestamp === 'inclusive' ? at < from : at <= from)) return false
  return to === undefined || (switches.endTimestamp === 'inclusive' ? at <= to : at < to)
}

/** A parameter that is a whole number; NaN for one that is not. */
export function wholeNumber(text: string | null): number | undefined {
  if (text === null) return undefined
  return /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN
}
