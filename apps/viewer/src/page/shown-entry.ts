import type { Finding, ShownEntry } from '@custody/transcripts/page-data'
import { element } from './element.ts'
import { shownContent } from './shown-content.ts'
import { shownText, type TextStyle } from './shown-text.ts'
import type { ZonedTimes } from './time-zone.ts'
import { kindWords, roleWords, sourceWords } from './words.ts'

/** An entry: messages as bubbles on the side of their sender, events as lines between them. */
export function shownEntry(
  entry: ShownEntry,
  findings: readonly Finding[],
  style: TextStyle,
  times: ZonedTimes,
): HTMLLIElement {
  const { kind, role, text, content } = entry
  const isMessage = kind === 'message'
  const structure = content === undefined ? null : shownContent(content, style)
  const rest = text === undefined || structure === null ? text : withoutLines(text, linesOf(content))
  const words = rest === undefined || rest === '' ? null : shownText(rest, style)
  return element(
    'li',
    { class: `entry ${isMessage ? `message ${sideOf(entry)} ${role}` : 'event'}` },
    element(
      'div',
      { class: 'bubble' },
      element('p', { class: 'who' }, ...whoOf(entry, style)),
      words && element('div', { class: 'text' }, words),
      isMessage && words === null && structure === null && element('p', { class: 'nothing' }, 'Nothing to read'),
      structure,
      ...findings.map(({ detail }) => element('p', { class: 'finding' }, `Finding: ${detail}`)),
      element(
        'p',
        { class: 'when' },
        element(
          'time',
          { datetime: entry.at, title: `${times.full(entry.at)}${clientTime(entry, times)}` },
          times.time(entry.at),
        ),
        ` · ${sourceWords[entry.source] ?? entry.source}`,
      ),
    ),
  )
}

function whoOf({ kind, type, role, name }: ShownEntry, style: TextStyle): (HTMLElement | string)[] {
  const roleWord = roleWords[role] ?? role
  const who = name === undefined ? [roleWord] : [shownText(name, style), ` · ${roleWord}`]
  return kind === 'message' ? who : [element('strong', {}, kind === 'other' ? type : kindWords[kind]), ' · ', ...who]
}

/** Customers speak from the left, the organisation from the right. */
function sideOf({ role }: ShownEntry): 'left' | 'right' | 'middle' {
  if (role === 'end-user') return 'left'
  return role === 'agent' || role === 'bot' || role === 'supervisor' ? 'right' : 'middle'
}

/** A text without the lines that the structure below it shows as well. */
function withoutLines(text: string, shown: ReadonlySet<string>): string {
  const lines = text.split('\n').filter((line) => !shown.has(line))
  return lines.join('\n').trim()
}

/** The lines by which {@link readPayload} of the model tells what a structure holds. */
function linesOf(value: unknown, lines: Set<string> = new Set()): ReadonlySet<string> {
  if (typeof value !== 'object' || value === null) return lines
  const { title, subtitle, url, name, label, value: answer, id } = value as Readonly<Record<string, unknown>>
  add(' - ', title, subtitle)
  add(' - ', title, url)
  add(': ', label, answer)
  add('', name)
  if (title === null) add('', id)
  for (const part of Object.values(value)) linesOf(part, lines)
  return lines

  function add(separator: string, ...parts: readonly unknown[]): void {
    const line = parts.filter((part) => typeof part === 'string').join(separator)
    for (const each of line.split('\n')) lines.add(each)
  }
}

function clientTime({ clientAt }: ShownEntry, times: ZonedTimes): string {
  return clientAt === undefined ? '' : `; by the sender’s clock ${times.full(clientAt)}`
}
