import { createHash } from 'node:crypto'
import type { MasterConversation } from '@custody/archive'
import { partsOf, senderOf } from './entry-words.ts'
import { visibleText } from './visible-text.ts'

const style = `
:root { color-scheme: light dark; }
body { max-width: 46rem; margin: 0 auto; padding: 1rem; font: 16px/1.5 system-ui, sans-serif; }
li { margin: .75rem 0; break-inside: avoid; } ol { list-style: none; padding: 0; }
.agent, .bot { margin-left: 3rem; } .text { white-space: pre-wrap; overflow-wrap: anywhere; margin: 0; }
.head, .part { font-size: .85rem; opacity: .8; margin: 0; overflow-wrap: anywhere; }
@page { size: A4; margin: 14mm; }
`
const styleHash = createHash('sha256').update(style).digest('base64')

/** A conversation as a page of its own. It runs nothing and asks nobody for anything; what somebody wrote is text, links too. */
export function htmlTranscript(conversation: MasterConversation): string {
  const { identifier, channelName, channelType, entries, continuedBefore, continuesAfter } = conversation
  const items = entries.map((entry) => {
    const { sentAt, sender, text } = entry
    const parts = partsOf(entry).map((part) => `<p class="part">${escaped(part)}</p>`)
    return `<li class="${sender.role}"><p class="head"><time datetime="${escaped(sentAt)}">${escaped(sentAt)}</time> ${escaped(senderOf(entry))}</p>${text === null ? '' : `<p class="text">${escaped(text)}</p>`}${parts.join('')}</li>\n`
  })
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-${styleHash}'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Conversation ${escaped(identifier)}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>Conversation ${escaped(identifier)}</h1>
<p>${escaped(channelName ?? 'Channel unknown')} (${escaped(channelType ?? 'type unknown')}). All times are UTC.</p>
${continuedBefore ? '<p>It began before the period of this archive.</p>\n' : ''}${continuesAfter ? '<p>It goes on after the period of this archive.</p>\n' : ''}<ol>
${items.join('')}</ol>
</main>
</body>
</html>
`
}

const named: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

function escaped(text: string): string {
  return visibleText(text).replace(/[&<>"']/g, (character) => named[character] ?? '')
}
