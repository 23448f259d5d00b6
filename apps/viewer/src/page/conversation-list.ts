import type { ArchiveData } from './archive-data.ts'
import { element } from './element.ts'
import { channelOf } from './filters.ts'
import { shownText } from './shown-text.ts'
import type { ZonedTimes } from './time-zone.ts'
import { count } from './words.ts'

/** In CSS pixels; viewer.css has the same. */
const ROW_HEIGHT = 84
/** Rows drawn beyond what is seen, on either side. */
const MARGIN = 8

export interface ConversationListOptions {
  readonly data: ArchiveData
  readonly box: HTMLElement
  readonly onOpen: (number: number) => void
}

/** A listbox of any length: only the rows that are seen are in the page. */
export class ConversationList {
  readonly #data: ArchiveData
  readonly #box: HTMLElement
  readonly #space = element('div', { role: 'presentation', class: 'space' })
  readonly #onOpen: (number: number) => void
  readonly #drawn = new Map<number, HTMLElement>()
  #numbers: readonly number[] = []
  #times: ZonedTimes
  /** Position in the list, not the number of the conversation. */
  #active = 0
  #opened: number | null = null

  constructor({ data, box, onOpen }: ConversationListOptions, times: ZonedTimes) {
    this.#data = data
    this.#box = box
    this.#times = times
    this.#onOpen = onOpen
    box.replaceChildren(this.#space)
    box.addEventListener('scroll', () => this.#draw(), { passive: true })
    new ResizeObserver(() => this.#draw()).observe(box)
    box.addEventListener('click', ({ target }) => {
      const row = target instanceof Element ? target.closest<HTMLElement>('[role="option"]') : null
      if (row !== null) this.openAt(Number(row.dataset['position']))
    })
    box.addEventListener('keydown', (event) => this.#onKey(event))
  }

  /** Shows these conversations. */
  set(numbers: readonly number[], times: ZonedTimes): void {
    this.#numbers = numbers
    this.#times = times
    const opened = this.#opened === null ? -1 : numbers.indexOf(this.#opened)
    this.#active = opened >= 0 ? opened : Math.min(this.#active, Math.max(0, numbers.length - 1))
    this.#space.style.height = `${numbers.length * ROW_HEIGHT}px`
    this.#drawAnew()
  }

  openAt(position: number): void {
    const number = this.#numbers[position]
    if (number === undefined) return
    this.#active = position
    this.#opened = number
    this.#reveal()
    this.#drawAnew()
    this.#onOpen(number)
  }

  /** Opens the next conversation, or the one before. */
  step(by: number): void {
    const position = this.#opened === null ? 0 : this.#numbers.indexOf(this.#opened) + by
    this.openAt(Math.max(0, Math.min(this.#numbers.length - 1, position)))
  }

  focus(): void {
    this.#box.focus()
    this.#reveal()
  }

  #onKey(event: KeyboardEvent): void {
    const page = Math.max(1, Math.floor(this.#box.clientHeight / ROW_HEIGHT) - 1)
    const moves: Readonly<Record<string, number>> = {
      ArrowDown: 1,
      ArrowUp: -1,
      PageDown: page,
      PageUp: -page,
      Home: Number.NEGATIVE_INFINITY,
      End: Number.POSITIVE_INFINITY,
    }
    const by = moves[event.key]
    if (event.ctrlKey || event.metaKey || event.altKey) return
    if (by !== undefined) {
      this.#active = Math.max(0, Math.min(this.#numbers.length - 1, this.#active + by))
      this.#reveal()
      this.#drawAnew()
    } else if (event.key === 'Enter' || event.key === ' ') this.openAt(this.#active)
    else return
    event.preventDefault()
  }

  /** Scrolls the active row into sight. */
  #reveal(): void {
    const top = this.#active * ROW_HEIGHT
    const { scrollTop, clientHeight } = this.#box
    if (top < scrollTop) this.#box.scrollTop = top
    else if (top + ROW_HEIGHT > scrollTop + clientHeight) this.#box.scrollTop = top + ROW_HEIGHT - clientHeight
  }

  #drawAnew(): void {
    for (const row of this.#drawn.values()) row.remove()
    this.#drawn.clear()
    this.#draw()
  }

  #draw(): void {
    const { scrollTop, clientHeight } = this.#box
    const first = Math.max(0, Math.floor(scrollTop / ROW_HEIGHT) - MARGIN)
    const last = Math.min(this.#numbers.length - 1, Math.ceil((scrollTop + clientHeight) / ROW_HEIGHT) + MARGIN)
    const wanted = new Set<number>(Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index))
    // What the listbox says is active has to be there, also where it was scrolled out of sight.
    if (this.#numbers.length > 0) wanted.add(this.#active)
    for (const [position, row] of this.#drawn) {
      if (wanted.has(position)) continue
      row.remove()
      this.#drawn.delete(position)
    }
    for (const position of wanted) {
      if (this.#drawn.has(position)) continue
      const row = this.#row(position)
      this.#drawn.set(position, row)
      this.#space.append(row)
    }
    if (this.#numbers.length === 0) this.#box.removeAttribute('aria-activedescendant')
    else this.#box.setAttribute('aria-activedescendant', `row-${this.#active}`)
  }

  #row(position: number): HTMLElement {
    const number = this.#numbers[position] ?? 0
    const row = this.#data.rows[number]
    if (row === undefined) throw new RangeError('no such row')
    const redactions = this.#data.redactions.get(number) ?? []
    const findings = this.#data.findings.get(number) ?? []
    const style = { query: null, redactedTypes: redactions.map(([type]) => type) }
    const replaced = redactions.reduce((sum, [, times]) => sum + times, 0)
    const option = element(
      'div',
      {
        role: 'option',
        id: `row-${position}`,
        class: position === this.#active ? 'row active' : 'row',
        'data-position': position,
        'aria-selected': number === this.#opened ? 'true' : 'false',
        'aria-setsize': this.#numbers.length,
        'aria-posinset': position + 1,
      },
      element(
        'div',
        { class: 'first' },
        element('strong', {}, shownText(row.endUsers.join(', ') || 'Unknown end user', style)),
        row.from === null ? null : element('time', { datetime: row.from }, this.#times.short(row.from)),
      ),
      element('div', { class: 'preview' }, row.preview === null ? 'No words here' : shownText(row.preview, style)),
      element(
        'div',
        { class: 'last' },
        element('span', { class: 'count' }, count(row.messages, 'message')),
        element('span', {}, row.channelName ?? channelOf(row)),
        row.agents.length > 0 && element('span', {}, shownText(row.agents.join(', '), style)),
        findings.length > 0 && element('span', { class: 'finding right' }, count(findings.length, 'finding')),
        replaced > 0 && element('span', { class: 'redaction right' }, `${replaced} redacted`),
      ),
    )
    option.style.top = `${position * ROW_HEIGHT}px`
    return option
  }
}
