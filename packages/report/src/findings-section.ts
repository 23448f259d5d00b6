import type { RunDocument } from '@custody/archive'
import { barTable } from './bar-table.ts'
import type { Findings, ReportRows } from './findings.ts'
import { type Html, html } from './html.ts'
import { count, counted } from './wording.ts'

/** Everything that somebody has to look at: kinds first, then the first rows. */
export function findingsSection(run: RunDocument, { gaps, differences, amendments }: Findings): Html {
  return html`<section><h2>Findings</h2>
${
  gaps.total === 0
    ? html`<p>No gaps: nothing is missing or doubtful.</p>`
    : html`<p>${counted(gaps.total, 'gap')}: what is, or may be, missing. ${counted(run.counts.rejects, 'refused record')} ${run.counts.rejects === 1 ? 'is' : 'are'} among them (<code>data/reports/rejects.jsonl</code>).</p>
${kinds('Gaps by what happened', 'Code', gaps)}
${rows('Gaps', gaps, ['identifier', 'what', 'code', 'expected', 'found', 'reason'])}`
}
${
  differences.total > 0 &&
  html`<h3>Where sources disagree</h3>
<p>${counted(differences.total, 'time')} two sources said something else about an entry. What either gave is archived.</p>
${kinds('Differences by kind', 'Difference', differences)}
${rows('Differences', differences, ['identifier', 'entry_id', 'source', 'what'])}`
}
${
  amendments.total > 0 &&
  html`<h3>What is amended</h3>
${kinds('Amended entries by kind', 'Kind', amendments)}
${rows('Amended entries', amendments, ['kind', 'conversation', 'entry_id', 'sent_at', 'amends'])}`
}
</section>`
}

function kinds(caption: string, first: string, { kinds: known, ofOtherKinds }: ReportRows): Html {
  const all = known.map(({ kind, count: value, action }) => ({
    name: html`<code>${kind}</code>`,
    value,
    text: count(value),
    ...(action !== null && { note: action }),
  }))
  const more = { name: 'all further ones', value: ofOtherKinds, text: count(ofOtherKinds) }
  return barTable(caption, [first, 'Times', 'What to do'], ofOtherKinds > 0 ? [...all, more] : all)
}

function rows(caption: string, { rows: shown, total, path }: ReportRows, columns: readonly string[]): Html {
  return html`<div class="wide"><table>
<caption>${shown.length < total ? `${caption}: the first ${count(shown.length)} of ${count(total)}` : caption}</caption>
<thead><tr>${columns.map((column) => html`<th scope="col">${column.replaceAll('_', ' ')}</th>`)}</tr></thead>
<tbody>${shown.map((row) => html`<tr>${columns.map((column) => html`<td>${row[column]}</td>`)}</tr>\n`)}</tbody>
</table></div>
${shown.length < total && html`<p><strong>${count(total - shown.length)} further rows are not shown here.</strong> All are in <code>${path}</code>.</p>`}`
}
