import type { Clock } from '@custody/pipeline'
import { recordId, withChecksum } from '../ids.ts'
import type { World } from '../world/world.ts'
import { type Absence, absenceOf, type Erased, everythingAbsent, isOutOf, nothingAbsent } from './absence.ts'
import type { DeletionSwitches, Sight } from './deletion-switches.ts'

/** What a request deletes: a row of `MessagingEndUser`, or a conversation by its index. */
export interface DeletionTarget {
  readonly kind: 'end-user' | 'conversation'
  readonly row: number
}

/** One id of a request that was accepted, and its row of `ConversationApiLog`. */
export interface Deletion extends DeletionTarget {
  /** Counted from 0 in the order they were accepted. */
  readonly number: number
  readonly recordId: string
  /** Number of the user who asked. */
  readonly user: number
  readonly requestedAt: number
  readonly completesAt: number
  readonly fate: 'erased' | 'failed' | 'nothing'
  /** Not the first of its request: it waits. */
  readonly waits: boolean
  /** What shared conversations lose by it. */
  readonly shared: DeletionSwitches['sharedConversations']
}

/** The book of deletions of an org: what was asked for, and what is gone by now. */
export class Deletions {
  readonly #world: World
  readonly #clock: Clock
  readonly #accepted: Deletion[] = []
  readonly #endUsers = new Map<number, Deletion>()
  readonly #conversations = new Map<number, Deletion>()
  switches: DeletionSwitches

  constructor(world: World, clock: Clock, switches: DeletionSwitches) {
    this.#world = world
    this.#clock = clock
    this.switches = switches
  }

  /** All that were accepted, in order. */
  get accepted(): readonly Deletion[] {
    return this.#accepted
  }

  accept(target: DeletionTarget, user: number, waits: boolean): Deletion {
    const { delayMs, sharedConversations } = this.switches
    const now = this.#clock.now()
    const deletion: Deletion = {
      ...target,
      number: this.#accepted.length,
      recordId: recordIdOf(target),
      user,
      requestedAt: now,
      completesAt: now + delayMs,
      fate: this.#fateOf(target),
      waits,
      shared: sharedConversations,
    }
    this.#accepted.push(deletion)
    if (deletion.fate === 'erased') this.#erase(deletion)
    return deletion
  }

  isPending({ kind, row }: DeletionTarget): boolean {
    const now = this.#clock.now()
    return this.#accepted.some((one) => one.kind === kind && one.row === row && one.completesAt > now)
  }

  /** What a sight no longer shows at a moment; what is accepted from now on is not in it. */
  absent(sight: Sight, now: number = this.#clock.now()): Absence {
    const known = this.#accepted.length
    const isBlind = this.switches.blind.includes(sight) && this.#accepted.some(({ completesAt }) => completesAt <= now)
    if (isBlind) return everythingAbsent
    if (this.#isEmpty) return nothingAbsent
    const isOut = isOutOf(sight, this.switches, now)
    return absenceOf(this.#world, this.#erased, (one) => one.number < known && isOut(one))
  }

  /** What is really gone by now, wherever a copy of it may show. */
  truly(): Absence {
    if (this.#isEmpty) return nothingAbsent
    const now = this.#clock.now()
    return absenceOf(this.#world, this.#erased, ({ completesAt }) => completesAt <= now)
  }

  /** End users by their rows and conversations by their indexes that are really gone by now. */
  get gone(): { readonly endUsers: readonly number[]; readonly conversations: readonly number[] } {
    const { endUser, conversation } = this.truly()
    return {
      endUsers: [...this.#endUsers.keys()].filter(endUser),
      conversations: [...this.#conversations.keys()].filter(conversation),
    }
  }

  get #isEmpty(): boolean {
    return this.#endUsers.size + this.#conversations.size === 0
  }

  get #erased(): Erased {
    return { endUsers: this.#endUsers, conversations: this.#conversations }
  }

  #fateOf(target: DeletionTarget): Deletion['fate'] {
    const { effect, failing, failEveryNth, restricted } = this.switches
    const id = recordIdOf(target)
    const identifier = target.kind === 'conversation' ? this.#world.outline(target.row).identifier : ''
    const isUnlucky = failEveryNth > 0 && (this.#accepted.length + 1) % failEveryNth === 0
    const isHeld = restrictedEndUsers(this.#world, target).some((endUser) => listed(restricted, endUser))
    if (isUnlucky || isHeld || listed(failing, id) || failing.includes(identifier)) return 'failed'
    return effect === 'erases' ? 'erased' : 'nothing'
  }

  /** The first deletion that takes something is the one it goes by. */
  #erase(deletion: Deletion): void {
    const { kind, row } = deletion
    if (kind === 'conversation') {
      if (!this.#conversations.has(row)) this.#conversations.set(row, deletion)
      return
    }
    if (this.#endUsers.has(row)) return
    this.#endUsers.set(row, deletion)
    const { own, asGuest } = this.#world.conversationsOf(row)
    for (const index of [...own, ...asGuest]) {
      if (this.#conversations.has(index)) continue
      const last = this.#lastOf(index, deletion)
      if (last) this.#conversations.set(index, last)
    }
  }

  /** The deletion with which the last end user of a conversation goes; undefined while somebody stays. */
  #lastOf(index: number, deletion: Deletion): Deletion | undefined {
    const { person, guest, channel } = this.#world.outline(index)
    if (guest === undefined || deletion.shared === 'whole') return deletion
    const other = Math.floor(deletion.row / 4) === person ? guest : person
    const theirs = this.#endUsers.get(other * 4 + channel.number)
    return theirs && theirs.completesAt > deletion.completesAt ? theirs : theirs && deletion
  }
}

export function recordIdOf({ kind, row }: DeletionTarget): string {
  return recordId(kind === 'end-user' ? 'MessagingEndUser' : 'Conversation', row)
}

/** Whether a list of record ids has this one, in whichever of its two lengths. */
export function listed(ids: readonly string[], wanted: string): boolean {
  return ids.some((id) => (id.length === 15 ? withChecksum(id) : id) === wanted)
}

/** The end users whose restricted children stand in the way of a deletion. */
export function restrictedEndUsers(world: World, { kind, row }: DeletionTarget): readonly string[] {
  if (kind === 'end-user') return [recordId('MessagingEndUser', row)]
  const { person, channel } = world.outline(row)
  // assumption: the children hang on the sessions, so a conversation with theirs cannot be deleted either.
  return [recordId('MessagingEndUser', person * 4 + channel.number)]
}
