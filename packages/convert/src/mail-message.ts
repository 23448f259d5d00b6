import { createHash } from 'node:crypto'
import type { MasterConversation } from '@custody/archive'
import type { Instant } from '@custody/model'
import MailComposer from 'nodemailer/lib/mail-composer'
import { htmlTranscript } from './html-transcript.ts'
import { textTranscript } from './text-transcript.ts'
import { visibleText } from './visible-text.ts'

/**
 * A conversation as an e-mail (RFC 5322, MIME) that nobody ever sent: addresses end in `.invalid`. The same conversation gives the same
 * bytes. Headers are encoded by the library, so that nothing in a name ends a header or begins another.
 *
 * `date`: where the conversation has no time of its own.
 */
export function mailMessage(conversation: MasterConversation, { date }: { readonly date: Instant }): Promise<Buffer> {
  const { identifier, channelName, participants, entries, startTime } = conversation
  const text = textTranscript(conversation)
  const digest = hashOf(text)
  const endUser = participants.find(({ role }) => role === 'end-user')
  return new MailComposer({
    from: { name: oneLine(endUser?.displayName ?? 'End user'), address: 'end-user@conversation.invalid' },
    to: { name: oneLine(channelName ?? 'Channel'), address: 'channel@conversation.invalid' },
    subject: `Conversation ${oneLine(identifier)}`,
    messageId: `<${hashOf(identifier)}@conversation.invalid>`,
    date: new Date(entries[0]?.sentAt ?? startTime ?? date),
    headers: { 'X-Conversation-Identifier': oneLine(identifier) },
    text,
    html: htmlTranscript(conversation),
    // Not random, and nothing that a text could hold: it would have to hold its own hash.
    baseBoundary: digest,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
    .compile()
    .build()
}

/** 128 bits: a longer boundary would be cut into pieces that not every reader puts together. */
function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32)
}

/** A header is one line, and a long one is a nuisance. */
function oneLine(text: string): string {
  return visibleText(text).replaceAll(/\s+/g, ' ').slice(0, 200)
}
