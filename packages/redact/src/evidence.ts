import type { Conversation, Redaction } from '@custody/model'
import type { Found } from './found.ts'
import { lowEntropyTypes, type Rejected } from './personal-data-type.ts'
import { type Policy, type PresetName, policyDigest, rulePackVersion } from './policy.ts'
import { createFindingHashes, defaultKeyId, type PseudonymKey } from './pseudonyms.ts'
import type { ReviewSample } from './review-sample.ts'
import { fieldOf } from './tally.ts'

/** One replacement, for a log that says what was done and nothing of what stood there. */
export interface Finding {
  readonly v: 1
  /** `ConversationIdentifier`. */
  readonly conversation: string
  readonly entryId: string | null
  readonly field: string
  readonly type: string
  readonly detector: string
  readonly rulePack: string
  /** How sure the detector is, 0 to 1. */
  readonly score: number
  readonly start: number
  readonly length: number
  readonly action: string
  /**
   * 80 bits of an HMAC of the normalised value, the same for equal values of one tenant and key id, and no pseudonym; null for
   * types of few values and for what was taken out unread.
   */
  readonly hash: string | null
}

/** What the evidence of a redaction is gathered with. */
export interface EvidenceOptions extends PseudonymKey {
  readonly policy: Policy
  /** Told of each replacement, as for a log in a file. */
  readonly onFinding?: (finding: Finding) => void
  /** Given the findings in texts to choose from. */
  readonly review?: ReviewSample
}

/** What a redaction did, in figures. It holds nothing of what was replaced. */
export interface EvidenceTotals {
  readonly policyDigest: string
  readonly preset: PresetName | null
  readonly rulePack: string
  readonly keyId: string
  readonly conversations: number
  readonly conversationsRedacted: number
  /** Refused because something known still stood in them: they are not in the output. */
  readonly conversationsRefused: number
  /** Entries of kind message, and those of them whose text or content was changed. */
  readonly messages: number
  readonly messagesRedacted: number
  /** Null where there was no message. */
  readonly shareOfMessages: number | null
  readonly counts: readonly EvidenceCount[]
  /** What was read and left alone. A text that is looked at twice counts twice. */
  readonly rejected: readonly RejectedCount[]
  readonly scope: EvidenceScope
}

/** What {@link Evidence} counts, as it goes from one thread to another. */
export type EvidenceTally = Pick<EvidenceTotals, ConversationCount | 'counts' | 'rejected'>

type ConversationCount =
  | 'conversations'
  | 'conversationsRedacted'
  | 'conversationsRefused'
  | 'messages'
  | 'messagesRedacted'

/** How often something was replaced, somewhere. */
export interface EvidenceCount {
  readonly type: string
  readonly action: string
  readonly field: string
  /** The channel's `MessageType`, or `unknown`. */
  readonly channel: string
  readonly count: number
}

/** How often something looked like personal data and was none. */
export interface RejectedCount {
  readonly type: string
  readonly detector: string
  readonly reason: string
  readonly count: number
}

/** What redaction does not do, for whoever reads its results. */
export interface EvidenceScope {
  /** Types that the policy keeps. */
  readonly kept: readonly string[]
  readonly notAttempted: readonly string[]
  readonly attachments: string
  readonly standing: string
}

/** Gathers what a run of {@link redact} did. Holds counts, never a value. */
export interface Evidence {
  readonly totals: () => EvidenceTotals
  /** Counts since the last time this was asked, without the findings that were told: for the evidence of another thread. */
  readonly take: () => EvidenceTally
  /** Counts what was counted on another thread. */
  readonly addTally: (tally: EvidenceTally) => void
  /** @internal Called by the stage. */
  readonly add: (original: Conversation, found: readonly (readonly [Redaction, Found])[]) => void
  /** @internal */
  readonly addRefused: () => void
  /** @internal */
  readonly addRejected: (candidate: Rejected) => void
}

const notAttempted = [
  'names of people who neither take part nor stand on the list of people',
  'numbers spelled out in words',
  'what can only be told from the sense of a sentence',
]

/**
 * Evidence of one run: hand it to {@link redact}, and ask for its totals when the run has ended. Memory grows with the kinds of
 * findings, not with their number.
 *
 * @throws CustodyError `REDACT_KEY`, `REDACT_KEY_ID` of kind usage.
 */
export function createEvidence(options: EvidenceOptions): Evidence {
  const { policy, keyId = defaultKeyId, onFinding, review } = options
  const hashOf = createFindingHashes(options)
  let counted = new Counted()

  return {
    add(original, found) {
      counted.conversations += 1
      if (found.length > 0) counted.conversationsRedacted += 1
      const touched = new Set<string | null>()
      for (const [redaction, { score, value }] of found) {
        const { entryId, field, type, action } = redaction
        const place = fieldOf(field)
        if (place === 'text' || place === 'content') touched.add(entryId)
        counted.counts.add([type, action, place, original.channelType ?? 'unknown'])
        // A hash costs more than all else here: only where somebody is told of it.
        if (!onFinding) continue
        const hash = value === null || lowEntropyTypes.has(type) ? null : hashOf(type, value)
        const { identifier: conversation } = original
        onFinding({ v: 1, conversation, ...redaction, rulePack: rulePackVersion, score, hash })
      }
      for (const { kind, entryId } of original.entries) {
        if (kind !== 'message') continue
        counted.messages += 1
        if (touched.has(entryId)) counted.messagesRedacted += 1
      }
      review?.add(original, found)
    },
    addRefused() {
      counted.conversations += 1
      counted.conversationsRefused += 1
    },
    addRejected: ({ type, detector, reason }) => counted.rejected.add([type, detector, reason]),
    take() {
      const taken = counted.tally()
      counted = new Counted()
      return taken
    },
    addTally: (tally) => counted.add(tally),
    totals() {
      const { messages, messagesRedacted } = counted
      return {
        policyDigest: policyDigest(policy),
        preset: policy.preset,
        rulePack: rulePackVersion,
        keyId,
        ...counted.tally(),
        shareOfMessages: messages === 0 ? null : messagesRedacted / messages,
        scope: {
          kept: Object.entries(policy.types).flatMap(([type, operator]) => (operator === 'keep' ? [type] : [])),
          notAttempted,
          attachments: 'not opened',
          standing: 'pseudonymised, not anonymous',
        },
      }
    },
  }
}

class Counted implements Record<ConversationCount, number> {
  conversations = 0
  conversationsRedacted = 0
  conversationsRefused = 0
  messages = 0
  messagesRedacted = 0
  readonly counts = new Counter()
  readonly rejected = new Counter()

  add(tally: EvidenceTally): void {
    this.conversations += tally.conversations
    this.conversationsRedacted += tally.conversationsRedacted
    this.conversationsRefused += tally.conversationsRefused
    this.messages += tally.messages
    this.messagesRedacted += tally.messagesRedacted
    for (const { type, action, field, channel, count } of tally.counts)
      this.counts.add([type, action, field, channel], count)
    for (const { type, detector, reason, count } of tally.rejected) this.rejected.add([type, detector, reason], count)
  }

  tally(): EvidenceTally {
    const { conversations, conversationsRedacted, conversationsRefused, messages, messagesRedacted } = this
    return {
      conversations,
      conversationsRedacted,
      conversationsRefused,
      messages,
      messagesRedacted,
      counts: this.counts.all().map(([[type = '', action = '', field = '', channel = ''], count]) => ({
        type,
        action,
        field,
        channel,
        count,
      })),
      rejected: this.rejected
        .all()
        .map(([[type = '', detector = '', reason = ''], count]) => ({ type, detector, reason, count })),
    }
  }
}

/** Counts by several words at once. */
class Counter {
  readonly #counts = new Map<string, { readonly words: readonly string[]; count: number }>()

  add(words: readonly string[], count = 1): void {
    const key = words.join('\0')
    const known = this.#counts.get(key)
    if (known) known.count += count
    else this.#counts.set(key, { words, count })
  }

  /** In the order of their words. */
  all(): (readonly [words: readonly string[], count: number])[] {
    return [...this.#counts.entries()]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([, { words, count }]) => [words, count])
  }
}
