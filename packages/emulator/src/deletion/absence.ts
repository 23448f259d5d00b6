import type { Step, WireRole } from '../world/script.ts'
import type { World } from '../world/world.ts'
import { type DeletionSwitches, defaultLagMs, type Sight } from './deletion-switches.ts'
import type { Deletion } from './deletions.ts'

/** What is no longer there, seen from one side at one moment. */
export interface Absence {
  /** Nothing is gone. */
  readonly isEmpty: boolean
  /** By the row of `MessagingEndUser`. */
  endUser(row: number): boolean
  conversation(index: number): boolean
  /** All sessions of a conversation: they go with its end user. */
  sessions(index: number): boolean
  participant(index: number, member: Speaker): boolean
  entry(index: number, step: Step): boolean
}

/** Who speaks or takes part. */
export interface Speaker {
  readonly role: WireRole
  readonly byGuest?: true
}

const always = (): boolean => true
const never = (): boolean => false

export const nothingAbsent: Absence = {
  isEmpty: true,
  endUser: never,
  conversation: never,
  sessions: never,
  participant: never,
  entry: never,
}

export const everythingAbsent: Absence = {
  isEmpty: false,
  endUser: always,
  conversation: always,
  sessions: always,
  participant: always,
  entry: always,
}

/** What has been deleted: by whom an end user, and a conversation, goes. */
export interface Erased {
  readonly endUsers: ReadonlyMap<number, Deletion>
  readonly conversations: ReadonlyMap<number, Deletion>
}

/** What is gone, given which deletions count. */
export function absenceOf(world: World, erased: Erased, isGone: (deletion: Deletion) => boolean): Absence {
  const goneBy = (deletion: Deletion | undefined): boolean => deletion !== undefined && isGone(deletion)
  const endUser = (row: number): boolean => goneBy(erased.endUsers.get(row))
  const conversation = (index: number): boolean => goneBy(erased.conversations.get(index))

  /** Of a conversation that stays because it is somebody else's as well: whether this part of it goes. */
  function part(index: number, { role, byGuest }: Speaker): boolean {
    if (role !== 'EndUser') return false
    const outline = world.outline(index)
    if (outline.guest === undefined) return false
    const deletion = erased.endUsers.get((byGuest ? outline.guest : outline.person) * 4 + outline.channel.number)
    return deletion?.shared === 'entries' && isGone(deletion)
  }

  return {
    isEmpty: false,
    endUser,
    conversation,
    sessions(index) {
      const { person, channel } = world.outline(index)
      return conversation(index) || endUser(person * 4 + channel.number)
    },
    participant: (index, member) => conversation(index) || part(index, member),
    entry: (index, step) => conversation(index) || part(index, step),
  }
}

/** Whether a sight has lost what a deletion took, at a moment. */
export function isOutOf(
  sight: Sight,
  { lagMs, keeps, reappearsAfterMs }: DeletionSwitches,
  now: number,
): (deletion: Deletion) => boolean {
  if (keeps.includes(sight)) return never
  const lag = lagMs[sight] ?? defaultLagMs[sight]
  const stay = reappearsAfterMs[sight] ?? Number.POSITIVE_INFINITY
  return ({ completesAt }) => now >= completesAt + lag && now < completesAt + lag + stay
}
