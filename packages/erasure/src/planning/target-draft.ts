import type { Target } from '../target.ts'
import type { ConversationFacts, TargetFacts, Times } from './target-facts.ts'

/** What is known of one target so far, while the objects of the org are gone through. */
export class TargetDraft {
  readonly target: Pick<Target, 'kind' | 'id'>
  recordId: string | null = null
  readonly endUserIds: Set<string> = new Set()
  readonly contactIds: Set<string> = new Set()
  readonly conversations: Map<string, ConversationFacts> = new Map()
  readonly sessionIds: Set<string> = new Set()
  /** Of sessions that belong to no conversation. */
  readonly otherTimes: Times[] = []
  /** Those of the conversations in which somebody else takes part as an end user. */
  readonly shared: Set<string> = new Set()
  readonly restricting: Map<string, number> = new Map()
  readonly privacyHolds: Set<string> = new Set()
  messages: number | null = 0
  openSessions = 0
  participants: number | null = 0
  voiceCalls: number | null = 0

  constructor(target: Pick<Target, 'kind' | 'id'>) {
    this.target = target
    if (target.kind === 'end-user') this.endUserIds.add(target.id)
  }

  /** Ids of records that are deleted with it, by object: what holds and restricting children name. */
  owned(): ReadonlyMap<string, readonly string[]> {
    const isPerson = this.target.kind === 'end-user'
    const conversations = [...this.conversations.keys()]
    return new Map([
      ['MessagingEndUser', isPerson && this.recordId !== null ? [this.recordId] : []],
      ['MessagingSession', [...this.sessionIds]],
      ['Conversation', isPerson ? conversations.filter((id) => !this.shared.has(id)) : conversations],
    ])
  }

  addConversation(facts: ConversationFacts): void {
    const known = this.conversations.get(facts.recordId)
    this.conversations.set(facts.recordId, known === undefined ? facts : widest(known, facts))
  }

  facts(): TargetFacts {
    const { kind, id } = this.target
    const conversations = [...this.conversations.values()].sort((a, b) => (a.recordId < b.recordId ? -1 : 1))
    const isThere = this.recordId !== null
    return {
      kind,
      id,
      recordId: this.recordId,
      endUserIds: [...this.endUserIds].sort(),
      contactIds: [...this.contactIds].sort(),
      counts: {
        ...(kind === 'end-user' && { MessagingEndUser: Number(isThere) }),
        MessagingSession: this.sessionIds.size,
        Conversation: this.conversations.size,
        ConversationParticipant: this.participants,
        VoiceCall: this.voiceCalls,
        ConversationEntry: null,
      },
      notCounted: {
        ...(this.participants === null && { ConversationParticipant: 'not-visible' }),
        ...(this.voiceCalls === null && { VoiceCall: 'not-visible' }),
        // Documented: the content of enhanced channels is off the platform, out of reach for SOQL.
        ConversationEntry: 'off-platform',
      },
      messages: this.messages,
      conversations,
      times: [...conversations, ...this.otherTimes].map(({ from, to }) => ({ from, to })),
      openSessions: this.openSessions,
      restricting: Object.fromEntries([...this.restricting].sort(([a], [b]) => (a < b ? -1 : 1))),
      privacyHolds: [...this.privacyHolds].sort(),
      shared: this.shared.size,
    }
  }
}

/** From the first beginning to the last end; what is not known stays so. */
function widest(a: ConversationFacts, b: ConversationFacts): ConversationFacts {
  const [from = null] = a.from === null || b.from === null ? [] : [a.from, b.from].sort()
  const [, to = null] = a.to === null || b.to === null ? [] : [a.to, b.to].sort()
  return { recordId: a.recordId, identifier: a.identifier ?? b.identifier, from, to }
}
