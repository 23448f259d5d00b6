import type { ErasureReport, ReportedRecord, RequestReport } from './erasure-report.ts'
import { Html, html } from './html.ts'
import { reportStyle } from './report-style.ts'
import { actText, kindText, neverCovered, notCoveredText, outcomeWords, verdictWords } from './wording.ts'

/** The report as one page to read and to print: nothing in it runs, and it asks for nothing from elsewhere. */
export function reportHtml(report: ErasureReport): string {
  const { org, madeAt, requests, signer } = report
  const [only] = requests.length === 1 ? requests : []
  const title = only === undefined ? `Deletion requests of ${org}` : `Deletion request ${only.reference}`
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>${new Html(reportStyle)}</style>
</head>
<body>
<main>
<h1>${title}</h1>
<p class="made">Org ${org}. As it stood at ${moment(madeAt)}. All times are UTC.</p>
${only === undefined ? [overview(report), requests.map((request) => html`<section>${requestPart(request, 'h2')}</section>`)] : requestPart(only, null)}
${howToRead(signer)}
</main>
</body>
</html>
`.text
}

function overview({ totals, requests }: ErasureReport): Html {
  const counted = Object.entries(totals.verdicts).filter(([, number]) => number > 0)
  const found = Object.entries(totals.outcomes).filter(([, number]) => number > 0)
  return html`<div class="verdict"><strong>${many(totals.requests, 'request')}, ${totals.overdue === 0 ? 'none overdue' : `${totals.overdue} overdue`}</strong>
<ul>${counted.map(([verdict, number]) => html`<li>${number}: ${verdictWords[verdict as RequestReport['verdict']].toLowerCase()}</li>`)}</ul>
<p>Records: ${found.length === 0 ? 'none' : found.map(([outcome, number]) => `${number} ${outcomeWords[outcome as ReportedRecord['outcome']]}`).join(', ')}. A record that several requests are about counts for each of them.</p></div>
<h3>All requests, overdue ones first</h3>
<table><thead><tr><th>Request</th><th>Result</th><th>Due</th><th>Received</th><th class="number">Records</th></tr></thead>
<tbody>${requests.map((request) => html`<tr><td>${request.reference}</td><td>${verdictWords[request.verdict]}</td><td>${due(request)}</td><td>${request.receivedOn}</td><td class="number">${request.records.length}</td></tr>`)}</tbody></table>`
}

function requestPart(request: RequestReport, heading: 'h2' | null): Html {
  return html`${heading !== null && html`<h2>Request ${request.reference}</h2>`}
<div class="verdict"><strong>${verdictWords[request.verdict]}</strong><p>${request.summary}</p>${request.overdue && html`<p class="overdue">This request is overdue: it was due on ${request.dueOn}, ${many(-(request.daysLeft ?? 0), 'day')} ago.</p>`}</div>
<h3>What was asked</h3>
${asked(request)}
<h3>What was found, and what became of it</h3>
${recordTable(request)}
${plannedPart(request)}
<h3>Archives kept by Custody</h3>
${archivesPart(request)}
<h3>Who approved</h3>
${approvalsPart(request)}
<h3>What this does not cover</h3>
<p>Erasing conversations in Salesforce does not reach everything that may be kept of a person. Not covered by this request:</p>
<ul>${(request.planned?.notCovered ?? neverCovered).map((code) => html`<li>${notCoveredText(code)}</li>`)}</ul>
${notSeenPart(request)}
<h3>What happened, and when</h3>
${evidencePart(request)}`
}

function asked(request: RequestReport): Html {
  const { about, measure, identifiers, regime, jurisdiction, receivedOn, closedAt, state } = request
  const done =
    measure === 'mask'
      ? 'masked: the conversations stay, and personal data in the texts of their messages is replaced'
      : 'erased: the records are deleted from the org'
  const what =
    about === 'person'
      ? 'the deletion of everything that was said with one person'
      : 'the deletion of certain conversations'
  return html`<table><tbody>
<tr><th>Asked for</th><td>${what}${identifiers !== null && `, named by ${many(identifiers, 'identifier')}`}</td></tr>
<tr><th>To be</th><td>${done}</td></tr>
<tr><th>Law that counts the days</th><td>${regimeText(regime)}${jurisdiction !== null && `, ${jurisdiction}`}</td></tr>
<tr><th>Received</th><td>${receivedOn}</td></tr>
<tr><th>Due</th><td>${due(request)}${extensionText(request)}</td></tr>
<tr><th>Where it stands</th><td>${closedAt === null ? state : `${state} at ${moment(closedAt)}`}</td></tr>
</tbody></table>`
}

function recordTable({ records }: RequestReport): Html {
  if (records.length === 0) return html`<p>No record is part of this request.</p>`
  return html`<p>Each record is named by a code that only the holder of the archive key can lead back to it.</p>
<table><thead><tr><th>Record</th><th>Result</th><th>Why</th><th>Salesforce log</th><th>Last change</th></tr></thead>
<tbody>${records.map((record) => html`<tr><td>${kindText(record.kind)}<br><code>${record.pseudonym}</code></td><td>${outcomeWords[record.outcome]}</td><td>${whyText(record)}</td><td>${record.logId === null ? 'none' : html`<code>${record.logId}</code>`}</td><td>${moment(record.updatedAt)}</td></tr>`)}</tbody></table>`
}

function whyText({ why, outcome, calls }: ReportedRecord): string {
  if (outcome === 'erased') return 'Read back through every configured source and not found.'
  if (why !== null) return why
  if (outcome === 'pending') return calls === 0 ? 'Nothing was sent for it yet.' : 'It is not confirmed yet.'
  return 'No reason was recorded.'
}

function plannedPart({ planned }: RequestReport): Html | null {
  const counts = Object.entries(planned?.counts ?? {})
  if (counts.length === 0) return null
  return html`<p>When the plan was made, the org counted:</p>
<table><tbody>${counts.map(([object, number]) => html`<tr><th>${object}</th><td class="number">${number ?? 'could not be counted'}</td></tr>`)}</tbody></table>`
}

function archivesPart({ archives, planned }: RequestReport): Html {
  const { rewritten, conversationsErased, conversationsKept, failed, lastAt } = archives
  const expected =
    planned !== null &&
    planned.archives > 0 &&
    html`<p>The plan named ${many(planned.archives, 'archive')} that held the person.</p>`
  if (lastAt === null) {
    return html`${expected}<p>Archives were not gone through for this request. What was archived before may still be there.</p>`
  }
  return html`${expected}<p>${many(conversationsErased, 'conversation')} removed in ${many(rewritten, 'rewriting', 'rewritings')} of archives. At the last pass, at ${moment(lastAt)}, ${many(conversationsKept, 'conversation')} stayed (on a hold, on a retention by law, or shared with somebody else), and ${many(failed, 'archive')} could not be gone through. Backups and handed-out copies of archives are not reached.</p>`
}

function approvalsPart({ approvals, planDigest }: RequestReport): Html {
  if (approvals.length === 0) return html`<p>Nobody has approved a plan.</p>`
  return html`<table><thead><tr><th>Operator</th><th>At</th></tr></thead><tbody>${approvals.map(({ operator, at }) => html`<tr><td>${operator}</td><td>${moment(at)}</td></tr>`)}</tbody></table>
<p>Digest of the approved plan (SHA-256): <code>${planDigest}</code></p>`
}

function notSeenPart({ planned }: RequestReport): Html | null {
  if (planned === null || planned.notSeen.length === 0) return null
  return html`<p>Custody could not look at the following when the plan was made: ${planned.notSeen.join(', ')}.</p>`
}

function evidencePart({ evidence }: RequestReport): Html {
  return html`<table><thead><tr><th>When</th><th>What</th><th>Who</th><th>Evidence</th></tr></thead><tbody>${evidence.map(
    (event) => {
      const detail = Object.entries(event.detail).filter(([, value]) => value !== null)
      return html`<tr><td>${moment(event.at)}</td><td>${actText(event.act)}</td><td>${event.operator ?? 'Custody'}</td><td>${event.target !== null && html`<code>${event.target}</code> `}<code>${detail.map(([key, value]) => `${key}=${value}`).join(' ')}</code></td></tr>`
    },
  )}</tbody></table>`
}

function howToRead(signer: string | null): Html {
  return html`<section><h2>How to read this</h2>
<ul>
<li><b>Erased</b>: the record was deleted in Salesforce, and afterwards every configured source was asked for it and did not show it, while it did show another record that is certainly there.</li>
<li><b>Withheld</b>: nothing was deleted, because something stands against it, such as a legal hold or an open session.</li>
<li><b>Pending</b>: not finished. <b>Failed</b>: the deletion was tried and did not work.</li>
<li><b>Not verifiable</b>: it may be gone, and nobody can prove it. It is not counted as erased.</li>
<li><b>Nothing there</b>: the org has no such record.</li>
</ul>
<p>This page holds no name, number, address or text of the person. ${signer === null ? 'It bears no signature: nobody can tell whether it was changed.' : html`It is signed by the key <code>${signer}</code>: the signature stands in the file of the same name that ends in .sig.`}</p></section>`
}

function due({ dueOn, daysLeft, overdue }: RequestReport): string {
  if (daysLeft === null) return dueOn
  if (overdue) return `${dueOn}, OVERDUE by ${many(-daysLeft, 'day')}`
  return daysLeft === 0 ? `${dueOn}, today` : `${dueOn}, in ${many(daysLeft, 'day')}`
}

function extensionText({ extension }: RequestReport): string {
  if (extension === null) return ''
  const reasons = { complexity: 'the request is complex', 'number-of-requests': 'there are many requests' }
  return ` (extended: without that it was due on ${extension.firstDueOn}; the reason is that ${reasons[extension.reason]})`
}

function regimeText(regime: RequestReport['regime']): string {
  const texts = { gdpr: 'GDPR: one month', ccpa: 'CCPA: 45 days', own: 'a day that was set for this request' }
  return texts[regime]
}

function many(number: number, one: string, several = `${one}s`): string {
  return `${number} ${number === 1 ? one : several}`
}

/** To the second. */
function moment(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)}`
}
