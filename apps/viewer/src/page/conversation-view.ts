import type { ArchiveData } from './archive-data.ts'
import { element } from './element.ts'
import { channelOf, entryMatches } from './filters.ts'
import { shownEntry } from './shown-entry.ts'
import { shownText, type TextStyle } from './shown-text.ts'
import type { ZonedTimes } from './time-zone.ts'
import { count, modeWords, verdictWords } from './words.ts'

/** Entries that are drawn at once; the others follow while the page lives on. */
const CHUNK = 400

/** The pane that shows one conversation. */
export class ConversationView {
  readonly #data: ArchiveData
  readonly #pane: HTMLElement
  /** Draws what is left to draw; null when all stands. */
  #drawRest: (() => void) | null = null
  number: number | null = null

  constructor(data: ArchiveData, pane: HTMLElement) {
    this.#data = data
    this.#pane = pane
    // Paper takes the whole conversation.
    window.addEventListener('beforeprint', () => this.#drawRest?.())
  }

  /** Shows a conversation from its top, or from the first entry that was searched for. */
  show(number: number, query: RegExp | null, times: ZonedTimes): void {
    const { rows, redactions } = this.#data
    const row = rows[number]
    if (row === undefined) return
    this.number = number
    const { entries } = this.#data.conversation(number)
    const style: TextStyle = { query, redactedTypes: (redactions.get(number) ?? []).map(([type]) => type) }
    const list = element('ol', { class: 'entries' })
    this.#pane.replaceChildren(
      this.#head(number, style, times),
      list,
      element('p', { class: 'empty' }, 'End of the conversation'),
    )
    this.#pane.scrollTop = 0

    const findings = Map.groupBy(this.#data.findings.get(number) ?? [], ({ entryId }) => entryId)
    let day = ''
    let drawn = 0
    const draw = (upTo: number): void => {
      const items: HTMLElement[] = []
      for (const entry of entries.slice(drawn, upTo)) {
        const today = times.day(entry.at)
        if (today !== day) items.push(element('li', { class: 'day' }, element('h3', {}, today)))
        day = today
        items.push(shownEntry(entry, findings.get(entry.id) ?? [], style, times))
      }
      drawn = Math.min(upTo, entries.length)
      list.append(...items)
    }
    const firstFound = query === null ? -1 : entries.findIndex((entry) => entryMatches(entry, query))
    draw(Math.max(CHUNK, firstFound + CHUNK))
    list.querySelector('mark')?.scrollIntoView({ block: 'center' })
    this.#drawRest = () => draw(entries.length)
    const goOn = (): void => {
      if (this.number !== number || drawn >= entries.length || !list.isConnected) return
      draw(drawn + CHUNK)
      setTimeout(goOn)
    }
    setTimeout(goOn)
  }

  #head(number: number, style: TextStyle, times: ZonedTimes): HTMLElement {
    const { rows, facts } = this.#data
    const row = rows[number]
    if (row === undefined) throw new RangeError('no such conversation')
    const { recordId, startTime, endTime, continuedBefore, continuesAfter, endUserIds, entries } =
      this.#data.conversation(number)
    const names = row.endUsers.length > 0 ? row.endUsers : ['Unknown end user']
    const fact = (name: string, ...values: readonly (HTMLElement | string)[]): HTMLElement[] =>
      values.length === 0 ? [] : [element('dt', {}, name), ...values.map((value) => element('dd', {}, value))]
    const elsewhere = [
      continuedBefore && 'It began before the window of this archive: what is earlier stands in another one.',
      continuesAfter && 'It goes on after the window of this archive: what is later stands in another one.',
    ].filter((text) => text !== false)
    const redactions = this.#data.redactions.get(number) ?? []
    return element(
      'div',
      { class: 'head' },
      element(
        'h2',
        {},
        ...names.flatMap((name, index) => (index === 0 ? [shownText(name, style)] : [', ', shownText(name, style)])),
      ),
      element('button', { type: 'button', id: 'print', 'aria-keyshortcuts': 'p' }, 'Print'),
      element(
        'dl',
        {},
        ...fact('Channel', shownText(channelOf(row), style)),
        ...fact('Conversation', element('code', {}, shownText(row.identifier, style))),
        ...fact('Record', ...(recordId === null ? [] : [element('code', {}, recordId)])),
        ...fact('Began', ...(startTime === null ? [] : [times.full(startTime)])),
        ...fact('Ended', ...(endTime === null ? [] : [times.full(endTime)])),
        ...fact(
          'Here',
          `${count(row.messages, 'message')}, ${count(entries.length - row.messages, 'event')}; times in ${times.zone}`,
        ),
        ...fact('Agents', ...row.agents.map((name) => shownText(name, style))),
        ...fact('End user records', ...endUserIds.map((id) => element('code', {}, id))),
        ...fact('Redacted', ...redactions.map(([type, times]) => `${type}: ${count(times, 'time')}`)),
      ),
      ...elsewhere.map((text) => element('p', { class: 'notice' }, text)),
      ...(this.#data.findings.get(number) ?? [])
        .filter(({ entryId }) => entryId === undefined)
        .map(({ code, detail }) => element('p', { class: 'finding' }, element('strong', {}, code), ` ${detail}`)),
      element(
        'p',
        { class: 'on-paper' },
        `From the archive ${facts.archive}. ${verdictWords[facts.verdict]} ${modeWords[facts.mode]} This print proves nothing by itself: the archive does.`,
      ),
    )
  }
}
