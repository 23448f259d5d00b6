import { type Html, html } from './html.ts'
import type { TimeBins } from './time-bins.ts'
import { count } from './wording.ts'

/** What is stacked on a bar. `gap` is what is missing: it stands on top, hatched. */
export interface ChartSeries {
  readonly name: string
  readonly tone: 'first' | 'second' | 'third' | 'gap'
  /** One for each bin. */
  readonly values: readonly number[]
}

export interface TimeChart {
  /** Letters and hyphens: names the parts of the figure. */
  readonly id: string
  readonly title: string
  /** What the chart shows, in a sentence. */
  readonly summary: string
  readonly bins: Pick<TimeBins, 'size' | 'keys'>
  readonly series: readonly ChartSeries[]
}

const width = 720
const height = 220
const left = 56
const right = 8
const top = 12
const bottom = 34
const plotHeight = height - top - bottom

/** Stacked bars over time, with a table that says the same. Runs nothing: a figure of SVG, styled by classes. */
export function timeChart(chart: TimeChart): Html {
  const { id, title, summary, bins, series } = chart
  const ticks = ticksOf(highestOf(series, bins.keys.length))
  const shown = series.filter(({ values, tone }) => tone !== 'gap' || values.some((value) => value > 0))
  return html`<figure>
<figcaption id="${id}-title">${title}</figcaption>
<p class="faint" id="${id}-summary">${summary}</p>
<ul class="legend">${shown.map(({ name, tone }) => html`<li><svg aria-hidden="true" viewBox="0 0 10 10">${swatch(tone)}</svg>${name}</li>`)}</ul>
<svg role="img" aria-labelledby="${id}-title" aria-describedby="${id}-summary" viewBox="0 0 ${width} ${height}">
${pattern(id)}${axis(chart, ticks)}${bins.keys.map((_, index) => bar(chart, index, ticks.at(-1) ?? 1))}
</svg>
<details><summary>${title}: the numbers</summary>
<div class="wide"><table>
<caption>${title}</caption>
<thead><tr><th scope="col">${binName[bins.size]} (UTC)</th>${series.map(({ name }) => html`<th scope="col" class="number">${name}</th>`)}</tr></thead>
<tbody>${bins.keys.map((key, index) => html`<tr><th scope="row">${key}</th>${series.map(({ values }) => html`<td class="number">${count(values[index] ?? 0)}</td>`)}</tr>\n`)}</tbody>
</table></div></details>
</figure>`
}

const binName = { hour: 'Hour', day: 'Day', month: 'Month' } as const

function pattern(id: string): Html {
  return html`<defs><pattern id="${id}-hatch" width="4" height="4" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><line class="hatch" x1="0" y1="0" x2="0" y2="4"/></pattern></defs>`
}

function swatch(tone: ChartSeries['tone']): Html {
  return html`<rect class="${tone}" width="10" height="10"/>`
}

function axis({ bins }: TimeChart, ticks: readonly number[]): Html {
  const lines = ticks.map((tick) => {
    const y = round(top + plotHeight * (1 - tick / (ticks.at(-1) ?? 1)))
    return html`<line class="axis" x1="${left}" x2="${width - right}" y1="${y}" y2="${y}"/><text class="label" x="${left - 6}" y="${y + 4}" text-anchor="end">${count(tick)}</text>`
  })
  const every = Math.ceil(bins.keys.length / 8)
  const labels = bins.keys.flatMap((key, index) => {
    // The last one would stand over the edge.
    const isShown = index % every === 0 && (index + every / 2 < bins.keys.length || index === 0)
    return isShown
      ? [html`<text class="label" x="${round(left + slot(bins.keys.length) * index)}" y="${height - 6}">${key}</text>`]
      : []
  })
  return html`${lines}${labels}`
}

/** The bars of one bin, and below the axis a mark where something is missing, which is seen however small it is. */
function bar({ id, series, bins }: TimeChart, index: number, highest: number): Html | null {
  const values = series.map(({ values }) => values[index] ?? 0)
  if (values.every((value) => value === 0)) return null
  const x = round(left + slot(bins.keys.length) * index)
  const wide = round(Math.max(0.8, slot(bins.keys.length) * 0.82))
  let stacked = 0
  const rects = series.map(({ tone }, at) => {
    const value = values[at] ?? 0
    if (value === 0) return null
    const tall = round((plotHeight * value) / highest)
    stacked += value
    const y = round(top + plotHeight * (1 - stacked / highest))
    return tone === 'gap'
      ? html`<rect class="hatched" fill="url(#${id}-hatch)" x="${x}" y="${y}" width="${wide}" height="${tall}"/><rect class="gap" x="${x}" y="${top + plotHeight + 3}" width="${round(Math.max(3, wide))}" height="6"/>`
      : html`<rect class="${tone}" x="${x}" y="${y}" width="${wide}" height="${tall}"/>`
  })
  const told = series.map(({ name }, at) => `${name}: ${count(values[at] ?? 0)}`).join(', ')
  return html`<g>${rects}<title>${bins.keys[index]}: ${told}</title></g>\n`
}

function slot(bins: number): number {
  return (width - left - right) / bins
}

function highestOf(series: readonly ChartSeries[], bins: number): number {
  let highest = 0
  for (let index = 0; index < bins; index += 1) {
    let sum = 0
    for (const { values } of series) sum += values[index] ?? 0
    highest = Math.max(highest, sum)
  }
  return highest
}

/** Round numbers from 0 to at least the highest, at most five of them. */
function ticksOf(highest: number): readonly number[] {
  const rough = Math.max(1, highest) / 4
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = Math.max(1, [1, 2, 5, 10].map((factor) => factor * power).find((each) => each >= rough) ?? 1)
  return Array.from({ length: Math.ceil(Math.max(1, highest) / step) + 1 }, (_, index) => index * step)
}

function round(number: number): number {
  return Math.round(number * 100) / 100
}
