import { type Html, type HtmlPart, html } from './html.ts'

/** A row with a bar as long as its number is large beside the others. */
export interface BarRow {
  readonly name: HtmlPart
  readonly value: number
  /** The number as it is to be read. */
  readonly text: string
  readonly note?: HtmlPart
}

/** A table whose numbers are seen as bars, too. */
export function barTable(caption: string, columns: readonly [string, string, string], rows: readonly BarRow[]): Html {
  const highest = Math.max(1, ...rows.map(({ value }) => value))
  const [first, second, third] = columns
  const hasNotes = rows.some(({ note }) => note !== undefined)
  return html`<div class="wide"><table>
<caption>${caption}</caption>
<thead><tr><th scope="col">${first}</th><th scope="col" class="number">${second}</th><td class="bar"></td>${hasNotes && html`<th scope="col">${third}</th>`}</tr></thead>
<tbody>${rows.map(
    ({ name, value, text, note }) =>
      html`<tr><th scope="row">${name}</th><td class="number">${text}</td><td class="bar"><svg aria-hidden="true" viewBox="0 0 100 10" preserveAspectRatio="none"><rect class="first" width="${Math.round((10_000 * value) / highest) / 100}" height="10"/></svg></td>${hasNotes && html`<td>${note}</td>`}</tr>\n`,
  )}</tbody>
</table></div>`
}
