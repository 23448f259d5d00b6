import { basename } from 'node:path'
import type { Instant, Window } from '@custody/model'
import { barTable } from './bar-table.ts'
import { type Html, type HtmlPart, html } from './html.ts'
import { htmlDocument } from './html-document.ts'
import { verdictTones } from './verdict-words.ts'
import { count, counted, moment, period } from './wording.ts'
import { type YearArchive, type YearChain, type YearFinding, yearChains } from './year.ts'

/** What a page of several archives is made of. */
export interface YearPageOptions {
  readonly archives: readonly YearArchive[]
  /** What is wrong with them together: breaks of the chain, archives that cannot be read. */
  readonly findings: readonly YearFinding[]
  /** What to know, and nothing wrong. */
  readonly notes: readonly YearFinding[]
  /** When this was looked at. */
  readonly madeAt: Instant
}

/** A year of archives at a glance, or any other time: one page of HTML. */
export function yearPage({ archives, findings, notes, madeAt }: YearPageOptions): string {
  const chains = yearChains(archives)
  return htmlDocument(
    'Archives at a glance',
    html`<header><h1>Archives at a glance</h1>
<p>${counted(archives.length, 'archive')} in ${counted(chains.length, 'chain')}, each of them verified. All times are UTC.</p>
<p class="faint">Looked at ${moment(madeAt)}.</p></header>
${verdict(archives, chains, findings)}
${findingList('What is wrong', findings)}
${chains.map(chainSection)}
${findingList('What to know', notes)}
<section><h2>How far to trust this page</h2>
<p>It tells what the archives told when it was made. <code>custody verify --chain</code> checks them again, with a public key from elsewhere (<code>--key</code>) and the digest of the last seal (<code>--head</code>): only these show that the archives are yours, and that none was taken from the end.</p></section>`,
  )
}

function verdict(
  archives: readonly YearArchive[],
  chains: readonly YearChain[],
  findings: readonly YearFinding[],
): Html {
  const changed = archives.filter((archive) => archive.findings > 0 || archive.run === null).length
  const incomplete = archives.filter(({ run }) => run?.verdict === 'incomplete').length
  const missing = chains.reduce((sum, chain) => sum + chain.missing.length, 0)
  const overlapping = chains.reduce((sum, chain) => sum + chain.overlapping.length, 0)
  const unsealed = archives.filter(({ seal }) => seal === null).length
  const wrong: readonly (readonly [number, string])[] = [
    [changed, `of the archives ${changed === 1 ? 'is' : 'are'} not as it was made`],
    [findings.length, `${findings.length === 1 ? 'finding' : 'findings'} about them together`],
    [missing, `${missing === 1 ? 'stretch' : 'stretches'} of time in no archive`],
    [overlapping, `${overlapping === 1 ? 'stretch' : 'stretches'} of time in more than one`],
  ]
  const lacking: readonly (readonly [number, string])[] = [
    [incomplete, `of the archives ${incomplete === 1 ? 'says that it is' : 'say that they are'} incomplete`],
    [unsealed, `${unsealed === 1 ? 'bears' : 'bear'} no seal`],
  ]
  const told = [...wrong, ...lacking].filter(([number]) => number > 0)
  const isWrong = wrong.some(([number]) => number > 0)
  const [tone, word] = isWrong
    ? (['bad', 'Something is wrong'] as const)
    : told.length > 0
      ? (['warn', 'Whole, with reservations'] as const)
      : (['good', 'Whole'] as const)
  return html`<section class="verdict ${tone}" aria-labelledby="verdict"><h2 id="verdict">${archives.length === 0 ? 'No archive' : word}</h2>
<p>${
    told.length === 0
      ? 'Every archive is as it was made, none is missing between the first and the last, and none says that something is missing.'
      : `${told.map(([number, what]) => `${count(number)} ${what}`).join('; ')}.`
  }</p></section>`
}

function chainSection({ name, archives, missing, overlapping }: YearChain): Html {
  const own = archives.filter(({ run }) => run && !run.amends)
  return html`<section><h2>${name}</h2>
${stretches('In no archive', missing)}${stretches('In more than one archive', overlapping)}
${barTable(
  'Conversations by archive',
  ['Period', 'Conversations', 'Entries'],
  own.map(({ run }) => ({
    name: run && period(run.window),
    value: run?.counts.conversations ?? 0,
    text: count(run?.counts.conversations ?? 0),
    note: count(run?.counts.entries ?? 0),
  })),
)}
<div class="wide"><table>
<caption>Archives, each before its amendments</caption>
<thead><tr>${['Place', 'Archive', 'Verdict', 'Found', 'Archived', 'Gaps', 'Erased', 'Sealed', 'Verification'].map((each) => html`<th scope="col">${each}</th>`)}</tr></thead>
<tbody>${archives.map(row)}</tbody></table></div>
</section>`
}

function row({ path, run, erased, findings, seal }: YearArchive): Html | null {
  if (run === null) return null
  const { amends, counts } = run
  const { tone, word } = verdictTones[run.verdict]
  const trust = { trusted: '', untrusted: 'by a key that is NOT trusted', 'not-compared': 'key not compared' } as const
  const cells: readonly HtmlPart[] = [
    html`${basename(path)}${amends && html`<br><span class="faint">amends ${amends.archive}: ${count(amends.late)} late, ${count(amends.changed)} changed, ${count(amends.vanished)} vanished</span>`}`,
    html`<span class="${tone}"><span class="tone">${word}</span></span>`,
    count(counts.found),
    count(counts.conversations),
    count(counts.gaps),
    count(erased),
    seal === null
      ? 'not sealed'
      : html`${moment(seal.created)}${seal.time !== null && html`<br><span class="faint">existed ${moment(seal.time.at)}, says an authority (${seal.time.chain})</span>`}${trust[seal.trust] !== '' && html`<br><span class="faint">${trust[seal.trust]}</span>`}`,
    findings === 0
      ? 'as it was made'
      : html`<span class="bad"><span class="tone">${counted(findings, 'finding')}</span></span>`,
  ]
  return html`<tr><td>${seal?.seq ?? 'none'}</td>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>\n`
}

function stretches(title: string, windows: readonly Window[]): Html | null {
  if (windows.length === 0) return null
  return html`<h3 class="bad"><span class="tone">${title}</span></h3><ul>${windows.map((window) => html`<li>${period(window)}</li>`)}</ul>`
}

function findingList(title: string, findings: readonly YearFinding[]): Html | null {
  if (findings.length === 0) return null
  return html`<section><h2>${title}</h2><div class="wide"><table><caption>${title}</caption>
<thead><tr><th scope="col">Code</th><th scope="col">Archive</th><th scope="col">What</th></tr></thead>
<tbody>${findings.map(({ code, path, message }) => html`<tr><th scope="row"><code>${code}</code></th><td>${path === null ? '' : basename(path)}</td><td>${message}</td></tr>\n`)}</tbody></table></div></section>`
}
