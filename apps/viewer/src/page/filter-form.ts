import type { ArchiveData } from './archive-data.ts'
import { byId, element } from './element.ts'
import { channelOf, type Filters } from './filters.ts'
import { toQuery } from './text-pieces.ts'
import { startOfDay } from './time-zone.ts'

/** Names offered while somebody types; any other can be typed as well. */
const SUGGESTIONS_MAX = 500

/** Fills the choices of the form with what the archive holds. */
export function fillFilterForm({ rows, findings, redactions }: ArchiveData): void {
  fill('channel', 'Every channel', rows.map(channelOf))
  const codes = [...findings.values()].flat().map(({ code }) => code)
  fill('findings', 'With and without', codes, [
    ['*', 'With findings'],
    ['none', 'Without findings'],
  ])
  const types = [...redactions.values()].flat().map(([type]) => type)
  fill('redaction', 'With and without', types, [['*', 'Anything redacted']])
  suggest(
    'agents',
    rows.flatMap(({ agents }) => agents),
  )
  suggest(
    'end-users',
    rows.flatMap(({ endUsers }) => endUsers),
  )
}

/** What the form asks for; days are those of the zone. */
export function filtersOf(zone: string): Filters {
  const value = (id: string): string => byId<HTMLInputElement | HTMLSelectElement>(id).value
  return {
    query: toQuery(value('search')),
    channel: value('channel'),
    from: value('from') && startOfDay(value('from'), zone),
    to: value('to') && startOfDay(value('to'), zone, 1),
    agent: value('agent'),
    endUser: value('end-user'),
    redaction: value('redaction'),
    finding: value('findings'),
  }
}

/** How many filters beside the search are set. */
export function filtersSet({ channel, from, to, agent, endUser, redaction, finding }: Filters): number {
  return [channel, from, to, agent.trim(), endUser.trim(), redaction, finding].filter((value) => value !== '').length
}

function fill(
  id: string,
  all: string,
  values: readonly string[],
  first: readonly (readonly [value: string, text: string])[] = [],
): void {
  const options = [
    ['', all] as const,
    ...first,
    ...sorted([...new Set(values)]).map((value) => [value, value] as const),
  ]
  byId(id).replaceChildren(...options.map(([value, text]) => element('option', { value }, text)))
}

function suggest(id: string, names: readonly string[]): void {
  const options = sorted([...new Set(names)].slice(0, SUGGESTIONS_MAX))
  byId(id).replaceChildren(...options.map((value) => element('option', { value })))
}

function sorted(words: readonly string[]): readonly string[] {
  return words.toSorted(new Intl.Collator('en').compare)
}
