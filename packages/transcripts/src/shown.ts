import type { MasterConversation } from '@custody/archive'
import type { Attachment, Content, Entry } from '@custody/model'
import type { ConversationRow, ShownAttachment, ShownContent, ShownConversation, ShownEntry } from './page-data.ts'

const PREVIEW_MAX = 140

/** What the list shows of a conversation. */
export function rowOf(conversation: MasterConversation): ConversationRow {
  const { identifier, channelName, channelType, startTime, endTime, entries } = conversation
  const first = entries.find(({ kind, text }) => kind === 'message' && text !== null)
  return {
    identifier,
    channelName,
    channelType,
    from: entries[0]?.sentAt ?? startTime,
    to: entries.at(-1)?.sentAt ?? endTime,
    messages: messagesOf(conversation),
    agents: namesOf(conversation, 'agent'),
    endUsers: namesOf(conversation, 'end-user'),
    preview: first?.text == null ? null : cut(first.text),
  }
}

/** How many messages a conversation has here. */
export function messagesOf({ entries }: Pick<MasterConversation, 'entries'>): number {
  let messages = 0
  for (const { kind } of entries) if (kind === 'message') messages += 1
  return messages
}

/** What is shown of a conversation once it is opened: no salt, no payloads. */
export function shownConversation(conversation: MasterConversation): ShownConversation {
  const { recordId, startTime, endTime, continuedBefore, continuesAfter, sessions, entries } = conversation
  return {
    recordId,
    startTime,
    endTime,
    continuedBefore,
    continuesAfter,
    endUserIds: [...new Set(sessions.flatMap(({ endUserId }) => endUserId ?? []))],
    entries: entries.map(shownEntry),
  }
}

function shownEntry({ entryId, sentAt, clientAt, kind, entryType, sender, text, content, source }: Entry): ShownEntry {
  return {
    id: entryId,
    at: sentAt,
    kind,
    type: entryType,
    role: sender.role,
    source,
    ...(clientAt !== null && { clientAt }),
    ...(sender.displayName !== null && { name: sender.displayName }),
    ...(text !== null && { text }),
    ...(content !== null && { content: shownContent(content) }),
  }
}

function shownContent(content: Content): ShownContent {
  switch (content.type) {
    case 'attachments':
      return { type: content.type, attachments: content.attachments.map(shownAttachment) }
    case 'rich-link':
      return { ...content, image: content.image && shownAttachment(content.image) }
    case 'carousel':
      return {
        type: content.type,
        items: content.items.map((item) => ({ ...item, image: item.image && shownAttachment(item.image) })),
      }
    default:
      return content
  }
}

function shownAttachment({ name, mimeType, file }: Attachment): ShownAttachment {
  return {
    name,
    mimeType: mimeType ?? file?.mimeType ?? null,
    ...(file && { sha256: file.sha256, size: file.size }),
  }
}

function namesOf({ participants, entries }: MasterConversation, role: 'agent' | 'end-user'): readonly string[] {
  const names = new Set<string>()
  for (const participant of participants) if (participant.role === role) add(participant.displayName)
  for (const { sender } of entries) if (sender.role === role) add(sender.displayName)
  return [...names]

  function add(name: string | null): void {
    if (name !== null && name.trim() !== '') names.add(name)
  }
}

/** The beginning of a text, on one line; no character is cut in two. */
function cut(text: string): string {
  const line = text
    .slice(0, 4 * PREVIEW_MAX)
    .replace(/\s+/g, ' ')
    .trim()
  const characters = Array.from(line.slice(0, 2 * PREVIEW_MAX))
  return characters.length <= PREVIEW_MAX && line.length <= 2 * PREVIEW_MAX && text.length <= 4 * PREVIEW_MAX
    ? characters.join('')
    : `${characters.slice(0, PREVIEW_MAX).join('')}…`
}
