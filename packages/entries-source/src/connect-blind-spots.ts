import type { Conversation, Entry, Participant, Window } from '@custody/model'
import type { Reject } from '@custody/pipeline'

/**
 * What Connect REST did not give of a conversation's part of the window, each told once. Pure.
 *
 * Help, "Access Conversation Data Using Conversation Entries": text of messages only, no bot messages. Where an org gives
 * those of bots all the same, as one capture shows, nothing is told.
 */
export function connectBlindSpots(
  { identifier, participants }: Conversation,
  entries: readonly Entry[],
  window: Window,
): readonly Omit<Reject, 'stage'>[] {
  const within = { type: 'Conversation', id: identifier }
  const rejects: Omit<Reject, 'stage'>[] = []
  const wordless = entries.filter(
    ({ sentAt, kind, text }) => sentAt >= window.from && sentAt < window.to && kind === 'message' && text === null,
  )
  const [first] = wordless
  if (first) {
    rejects.push({
      code: 'CONNECT_TEXT_ONLY',
      subject: { type: 'ConversationEntry', id: first.entryId },
      within,
      message: `Connect REST gave ${wordless.length} of its messages without content: they are no plain text.`,
    })
  }
  const bot = participants.find((participant) => participant.role === 'bot' && tookPart(participant, window))
  if (bot && !entries.some(({ sender }) => sender.role === 'bot')) {
    rejects.push({
      code: 'CONNECT_WITHOUT_BOTS',
      subject: { type: 'ConversationParticipant', id: bot.recordId },
      within,
      message: 'A bot took part in it, and Connect REST gave no message of a bot.',
    })
  }
  return rejects
}

/** Whether somebody may have said something in the window. */
function tookPart({ joinedAt, leftAt }: Participant, { from, to }: Window): boolean {
  return (joinedAt === null || joinedAt < to) && (leftAt === null || leftAt >= from)
}
