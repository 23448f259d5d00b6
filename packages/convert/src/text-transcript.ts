import type { MasterConversation } from '@custody/archive'
import { partsOf, senderOf } from './entry-words.ts'
import { visibleText } from './visible-text.ts'

/** A conversation as plain text. What somebody wrote is indented, so that no message can pass for a line of the transcript. */
export function textTranscript(conversation: MasterConversation): string {
  const { identifier, channelName, channelType, entries, continuedBefore, continuesAfter } = conversation
  const head = [
    `Conversation  ${visible(identifier)}`,
    `Channel       ${visible(channelName ?? 'unknown')} (${visible(channelType ?? 'type unknown')})`,
    'Times         UTC',
    ...(continuedBefore ? ['It began before the period of this archive.'] : []),
    ...(continuesAfter ? ['It goes on after the period of this archive.'] : []),
  ]
  const body = entries.map((entry) => {
    const lines = [
      ...(entry.text === null ? [] : visibleText(entry.text).split('\n')),
      ...partsOf(entry).map((part) => `[${visible(part)}]`),
    ]
    return [`${entry.sentAt}  ${visible(senderOf(entry))}`, ...lines.map((line) => `    ${line}`)].join('\n')
  })
  return `${[head.join('\n'), ...body].join('\n\n')}\n`
}

/** In one line. */
function visible(text: string): string {
  return visibleText(text).replaceAll('\n', '\\n')
}
