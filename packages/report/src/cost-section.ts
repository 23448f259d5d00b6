import { barTable } from './bar-table.ts'
import { type Html, html } from './html.ts'
import type { RunCost } from './run-facts.ts'
import { count, counted, duration } from './wording.ts'

/** Where the time went, and what of the limits was used. Nothing where the run noted none of it. */
export function costSection(cost: RunCost | null): Html | null {
  if (cost === null) return null
  const { elapsedMs, stages, waitingForLimitsMs, requests, retries, rateLimited, tokensRenewed, answersKept } = cost
  const spent = stages.filter(({ ownMs }) => ownMs > 0).sort((a, b) => b.ownMs - a.ownMs)
  const notes = [
    [retries, 'repeated'],
    [rateLimited, 'refused for their rate'],
    [tokensRenewed, 'with an expired token'],
  ] as const
  const told = notes.filter(([number]) => number > 0).map(([number, what]) => `${count(number)} ${what}`)
  const asked = html`; ${counted(requests, 'request')}${told.length > 0 && `, ${told.join(', ')}`}. Waiting for limits took ${duration(waitingForLimitsMs)}: requests run side by side, so waits may add up to more than the whole.`
  return html`<section><h2>Where the time went</h2>
<p>${duration(elapsedMs)} until this page was made${requests === 0 ? '; nothing was requested.' : asked}</p>
${answersKept > 0 && html`<p>The run went on after a stop: ${counted(answersKept, 'answer')} of Salesforce were here already, and their time is not in these numbers.</p>`}
${
  spent.length > 0 &&
  barTable(
    'Time by step',
    ['Step', 'Time', ''],
    spent.map(({ stage, ownMs }) => ({ name: stage, value: ownMs, text: duration(ownMs) })),
  )
}
${calls(cost)}${limits(cost)}
</section>`
}

function calls({ byEndpoint }: RunCost): Html | null {
  const rows = Object.entries(byEndpoint).sort(([, a], [, b]) => b.ms - a.ms)
  if (rows.length === 0) return null
  return barTable(
    'Requests by what was asked for',
    ['Asked for', 'Requests', 'Time, side by side'],
    rows.map(([name, { requests, ms }]) => ({ name, value: requests, text: count(requests), note: duration(ms) })),
  )
}

function limits({ limits: known }: RunCost): Html | null {
  if (known.length === 0) return null
  return html`<h3>Limits</h3><div class="wide"><table>
<caption>Limits that were kept to</caption>
<thead><tr><th scope="col">Limit</th><th scope="col" class="number">Set to</th><th scope="col" class="number">Used in all</th><th scope="col" class="number">Waits</th><th scope="col" class="number">Waited</th></tr></thead>
<tbody>${known.map(
    ({ name, setting, used, waits, waitedMs }) =>
      html`<tr><th scope="row">${name}</th><td class="number">${count(setting)}</td><td class="number">${used === null ? '' : count(used)}</td><td class="number">${count(waits)}</td><td class="number">${duration(waitedMs)}</td></tr>`,
  )}</tbody></table></div>`
}
