import { ArchiveData } from './archive-data.ts'
import { ConversationList } from './conversation-list.ts'
import { ConversationView } from './conversation-view.ts'
import { byId, element } from './element.ts'
import { fillFilterForm, filtersOf, filtersSet } from './filter-form.ts'
import { openIntegrity } from './integrity/panel.ts'
import { notices } from './notices.ts'
import { search } from './search.ts'
import { useShortcuts } from './shortcuts.ts'
import { localZone, zonedTimes, zoneNames } from './time-zone.ts'
import { count, modeWords, verdictWords } from './words.ts'

try {
  start(new ArchiveData(document))
} catch (error) {
  // A page that was cut off must not look like an empty archive.
  byId('found').textContent = `This page cannot be read (${error instanceof Error ? error.message : 'unknown'}).`
}

function start(data: ArchiveData): void {
  const { facts, rows } = data
  document.title = `${facts.archive} · Transcripts`
  byId('title').textContent = facts.archive
  byId('badges').replaceChildren(
    element('span', { class: `badge ${facts.verdict}`, title: verdictWords[facts.verdict] }, facts.verdict),
    element('span', { class: `badge ${facts.mode}`, title: modeWords[facts.mode] }, facts.mode),
    element('span', {}, `${facts.org}, ${facts.window.from.slice(0, 10)} to ${facts.window.to.slice(0, 10)}`),
  )
  byId('notices').replaceChildren(...notices(data))
  fillFilterForm(data)

  const zone = byId<HTMLSelectElement>('zone')
  const local = localZone()
  zone.replaceChildren(
    element('option', { value: 'UTC' }, 'UTC'),
    element('option', { value: local }, `This machine’s: ${local}`),
    ...zoneNames().map((name) => element('option', { value: name }, name)),
  )
  let times = zonedTimes('UTC')
  let filters = filtersOf(times.zone)

  const pane = byId('conversation')
  const view = new ConversationView(data, pane)
  const open = (number: number): void => view.show(number, filters.query, times)
  const list = new ConversationList({ data, box: byId('list'), onOpen: open }, times)

  let looking = new AbortController()
  const look = async (): Promise<void> => {
    looking.abort()
    looking = new AbortController()
    const { signal } = looking
    filters = filtersOf(times.zone)
    const set = filtersSet(filters)
    byId('filter-count').textContent = set === 0 ? '' : `(${set} set)`
    for await (const { found, done } of search(data, filters, signal)) {
      if (signal.aborted) return
      list.set([...found], times)
      const all = count(rows.length, 'conversation')
      const some = found.length === rows.length ? all : `${found.length.toLocaleString('en')} of ${all}`
      byId('found').textContent = done < 1 ? `${some}, ${Math.round(done * 100)} % searched` : some
    }
  }

  const form = byId<HTMLFormElement>('filters')
  form.addEventListener('input', () => void look())
  form.addEventListener('submit', (event) => event.preventDefault())
  form.addEventListener('reset', () => setTimeout(() => void look()))
  zone.addEventListener('change', () => {
    times = zonedTimes(zone.value)
    if (view.number !== null) open(view.number)
    void look()
  })
  pane.addEventListener('click', ({ target }) => {
    if (target instanceof Element && target.id === 'print') window.print()
  })
  pane.addEventListener('keydown', ({ key }) => {
    if (key === 'Escape') list.focus()
  })
  // Whoever opens with a key goes on reading with it.
  byId('list').addEventListener('keyup', ({ key }) => {
    if (key === 'Enter' && view.number !== null) pane.focus()
  })

  const dialog = (id: string): HTMLDialogElement => byId<HTMLDialogElement>(id)
  const showHelp = (): void => dialog('help').showModal()
  const showIntegrity = (): void => openIntegrity(dialog('integrity'))
  byId('open-help').addEventListener('click', showHelp)
  byId('open-integrity').addEventListener('click', showIntegrity)
  useShortcuts([
    { key: '/', does: 'search', act: () => byId('search').focus() },
    { key: 'j', does: 'open the next conversation', act: () => list.step(1) },
    { key: 'k', does: 'open the conversation before', act: () => list.step(-1) },
    { key: 'l', does: 'go to the list', act: () => list.focus() },
    {
      key: 'f',
      does: 'filters',
      act: () => {
        byId<HTMLDetailsElement>('more').open = true
        byId('channel').focus()
      },
    },
    { key: 't', does: 'time zone', act: () => zone.focus() },
    { key: 'i', does: 'integrity', act: showIntegrity },
    { key: 'p', does: 'print the conversation', act: () => window.print() },
    { key: '?', does: 'these keys', act: showHelp },
  ])
  void look()
}
