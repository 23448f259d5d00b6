import { Random } from '../random.ts'
import type { Outline, SessionOutline } from './outline.ts'
import { hostileTexts } from './phrases/hostile.ts'
import { type Detail, details, type Topic, topics } from './phrases/phrases.ts'
import { purpose } from './purposes.ts'
import type { Timeline } from './timeline.ts'

/** Who speaks, in the word that entries use. */
export type WireRole = 'EndUser' | 'Agent' | 'Chatbot' | 'System' | 'Router' | 'Supervisor'

/** Messages: what sessions count by their sender. */
export const messageSteps = [
  'text',
  'buttons',
  'quick-replies',
  'carousel',
  'choice',
  'attachments',
  'external-attachments',
  'rich-link',
  'links',
  'web-view',
  'template',
  'form',
  'form-response',
  'unknown-message',
  'null-parts',
  'null-payload',
  'big-number',
  'prototype-keys',
  'citation',
] as const

const eventSteps = [
  'participant-added',
  'participant-removed',
  'routing',
  'routing-failed',
  'routing-work',
  'delivery-failed',
  'delivery-acknowledged',
  'read-acknowledged',
  'note',
  'flag-raised',
  'flag-lowered',
  'consent',
  'modality',
  'session-context',
  'session-owner',
  'session-status',
  'consult',
  'client-menu',
  'message-updated',
  'closed',
  'unknown-event',
] as const

export type StepKind = (typeof messageSteps)[number] | (typeof eventSteps)[number]

/** What a text is about. */
export type Cue =
  | 'none'
  | 'hello'
  | 'menu'
  | 'handover'
  | 'open'
  | 'answer'
  | 'chat'
  | 'thanks'
  | 'bye'
  | 'long'
  | 'late'
  | `ask:${Detail}`
  | `give:${Detail}`
  | `hostile:${number}`

/** One entry before it is written out. */
export interface Step {
  /** Counts up through the conversation. */
  readonly number: number
  readonly session: number
  readonly at: number
  readonly kind: StepKind
  readonly role: WireRole
  readonly cue: Cue
  /** Given by who appended it; otherwise made from the cue. */
  readonly text?: string
  /** Not the person the conversation is with but its guest speaks. */
  readonly byGuest?: true
}

type Line = readonly [kind: StepKind, role: WireRole, cue?: Cue]

/** What occurs only now and then; by turns, so that a world of sixty conversations has all of it. */
const rarities: readonly (readonly Line[])[] = [
  [['attachments', 'EndUser']],
  [['attachments', 'Agent']],
  [['external-attachments', 'EndUser']],
  [['rich-link', 'Agent']],
  [['links', 'Chatbot']],
  [['web-view', 'Chatbot']],
  [['template', 'System']],
  [
    ['carousel', 'Chatbot'],
    ['choice', 'EndUser'],
  ],
  [
    ['form', 'Chatbot'],
    ['form-response', 'EndUser'],
  ],
  [['delivery-failed', 'System']],
  [
    ['delivery-acknowledged', 'EndUser'],
    ['read-acknowledged', 'EndUser'],
  ],
  [['note', 'Supervisor']],
  [
    ['flag-raised', 'Agent'],
    ['flag-lowered', 'Supervisor'],
  ],
  [['consent', 'EndUser']],
  [['modality', 'System']],
  [['session-context', 'System']],
  [['session-owner', 'System']],
  [['consult', 'Agent']],
  [['client-menu', 'Chatbot']],
  [
    ['attachments', 'EndUser'],
    ['message-updated', 'System'],
  ],
  [['routing-failed', 'Router']],
  [['unknown-event', 'System']],
  [['unknown-message', 'Chatbot']],
  [['null-parts', 'EndUser']],
  [['null-payload', 'EndUser']],
  [['big-number', 'Agent']],
  [['prototype-keys', 'EndUser']],
  [['citation', 'Chatbot']],
  [['text', 'EndUser', 'long']],
]

/** The entries of a conversation in order, without their contents. */
export function scriptOf(seed: number, timeline: Timeline, outline: Outline): readonly Step[] {
  if (outline.shape === 'empty') return []
  const random = new Random(seed, purpose.script, outline.index)
  const steps: Step[] = []
  for (const session of outline.sessions) {
    const lines = outline.shape === 'silent' ? silence() : dialogue(random, session)
    if (session.number === 0 && outline.shape !== 'silent') {
      const rank = outline.index - timeline.first
      const extras = oddities(random, rank)
      // Behind the opening, before the farewell, wherever the dialogue is long enough.
      lines.splice(Math.max(1, lines.length - 3), 0, ...extras)
    }
    for (const [k, [kind, role, cue = 'none']] of lines.entries()) {
      steps.push({
        number: steps.length,
        session: session.number,
        at: timeOf(random, outline, session, k, lines.length),
        kind,
        role,
        cue,
      })
    }
  }
  const placed = outline.straddles === undefined ? steps : onBorder(steps, outline.straddles)
  return outline.guest === undefined ? placed : withGuest(placed)
}

/** Every second text of the person in the first session is the guest's, but never the last text: that is a session's preview. */
function withGuest(steps: readonly Step[]): readonly Step[] {
  const last = steps.findLast(({ session, kind }) => session === 0 && kind === 'text')
  let turn = 0
  return steps.map((step) => {
    const isTheirs = step.session === 0 && step.kind === 'text' && step.role === 'EndUser' && step !== last
    return isTheirs && ++turn % 2 === 0 ? { ...step, byGuest: true } : step
  })
}

/** What a conversation is about. */
export function topicOf(outline: Outline): Topic {
  return topics[(outline.index * 7 + (outline.index >>> 3)) % topics.length] as Topic
}

function silence(): Line[] {
  return [
    ['routing', 'Router'],
    ['participant-added', 'System'],
    ['session-status', 'System'],
  ]
}

function dialogue(random: Random, session: SessionOutline): Line[] {
  const lines: Line[] = []
  const withBot = session.number === 0 && session.target >= 9
  if (withBot) {
    lines.push(['participant-added', 'Chatbot'], ['text', 'Chatbot', 'hello'])
    lines.push([random.chance(0.6) ? 'buttons' : 'quick-replies', 'Chatbot', 'menu'], ['choice', 'EndUser'])
  }
  lines.push(['text', 'EndUser', 'open'])
  if (withBot) lines.push(['text', 'Chatbot', 'handover'])
  if (session.target >= 8) lines.push(['routing', 'Router'], ['routing-work', 'System'])
  lines.push(['participant-added', 'Agent'], ['text', 'Agent', 'hello'])

  const ending: Line[] = [
    ['text', 'EndUser', 'thanks'],
    ['text', 'Agent', 'bye'],
  ]
  if (!session.open) {
    if (session.target >= 10) ending.push(['participant-removed', 'Agent'])
    ending.push(random.chance(0.2) ? ['closed', 'EndUser'] : ['session-status', 'System'])
  }

  lines.push(['text', 'Agent', 'answer'])
  while (lines.length < session.target - ending.length) {
    if (random.chance(0.45)) {
      const detail = random.pick(details)
      lines.push(['text', 'Agent', `ask:${detail}`], ['text', 'EndUser', `give:${detail}`])
    } else if (random.chance(0.3)) lines.push(['text', 'Agent', 'chat'], ['text', 'EndUser', 'chat'])
    else lines.push(['text', random.chance(0.55) ? 'EndUser' : 'Agent', 'chat'])
  }
  return [...lines, ...ending]
}

/** Something rare and something hostile: always while both lists are worked off for the first time, later at times. */
function oddities(random: Random, rank: number): Line[] {
  const lines: Line[] = []
  const early = rank >= 0 && rank < 2 * rarities.length
  if (early || random.chance(0.12)) lines.push(...(rarities[Math.abs(rank) % rarities.length] as Line[]))
  if (early || random.chance(0.06)) {
    const k = Math.abs(rank) % hostileTexts.length
    lines.push(['text', random.chance(0.85) ? 'EndUser' : 'Agent', `hostile:${k}`])
  }
  return lines
}

function timeOf(random: Random, outline: Outline, session: SessionOutline, k: number, count: number): number {
  if (k === 0) return session.start
  const at = session.start + Math.floor(((session.end - session.start) * (k + random.fraction())) / count)
  // Ties: five minutes of messages carry one and the same timestamp.
  return outline.shape === 'ties' ? Math.max(session.start, at - (at % 300_000)) : at
}

/** Puts the first entry behind a border exactly on it. */
function onBorder(steps: readonly Step[], border: number): readonly Step[] {
  const k = steps.findIndex((step) => step.at >= border)
  return steps.map((step, n) => (n === k ? { ...step, at: border } : step))
}
