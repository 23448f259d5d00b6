import type { MakePage, PageSource, RunDocument } from '@custody/archive'
import { type ArchiveFigures, archiveFigures } from './archive-figures.ts'
import { askedSection } from './asked-section.ts'
import { barTable } from './bar-table.ts'
import { costSection } from './cost-section.ts'
import { findingsSection } from './findings-section.ts'
import { type Html, html } from './html.ts'
import { htmlDocument } from './html-document.ts'
import { type CommandFacts, runFacts } from './run-facts.ts'
import { timeChart } from './time-chart.ts'
import { verdictWords } from './verdict-words.ts'
import { count, counted, moment, period } from './wording.ts'

/** What a report shows, where it is not to be what it is by default. */
export interface ReportOptions {
  /**
   * How many rows of each list of findings the page shows; it says how many are left out, and which file has them all.
   * @defaultValue 200: more are read in a spreadsheet
   */
  readonly findingRows?: number
}

/**
 * Makes `report.html`: what was asked, what was found, the verdict first. Everything in it is counted from the files of the archive, or
 * stands in its run.json.
 */
export function reportPage({ findingRows = 200 }: ReportOptions = {}): MakePage<RunDocument> {
  return async function* (archive) {
    yield new TextEncoder().encode(await archivePage(archive, findingRows))
  }
}

async function archivePage(archive: PageSource<RunDocument>, findingRows: number): Promise<string> {
  const { run } = archive
  const figures = await archiveFigures(archive, findingRows)
  const facts = runFacts(run)
  return htmlDocument(
    `${run.archive}: report`,
    html`<header>
<h1>${run.amends ? 'Amendment of an archive' : 'Archive'} of messaging conversations</h1>
<p>${run.org}, ${period(run.window)}. All times are UTC.</p>
<p class="faint">Archive <code>${run.archive}</code>, made ${moment(run.finishedAt)} by <code>${run.run.tool}</code>.</p>
</header>
${verdict(run)}
${notes(run)}
${glance(run, figures)}
${askedSection(run, facts)}
${overTime(figures)}
${channels(figures)}
${redactions(run, facts)}
${findingsSection(run, figures.findings)}
${costSection(facts.cost)}
${checking()}`,
  )
}

function verdict(run: RunDocument): Html {
  const { tone, word, meaning } = verdictWords(run)
  return html`<section class="verdict ${tone}" aria-labelledby="verdict"><h2 id="verdict">${word}</h2><p>${meaning}</p></section>`
}

/** What whoever reads the numbers has to know first. */
function notes({ amends, erased }: RunDocument): Html {
  return html`${
    amends &&
    html`<p>It amends the archive <code>${amends.archive}</code>, whose time was read again later: ${counted(amends.late, 'entry', 'entries')} came late, ${count(amends.changed)} had been changed, ${count(amends.vanished)} had vanished. Only those that are late or changed stand here; the numbers of what was found are about all that was read again.</p>`
  }${
    erased !== undefined &&
    html`<p><strong>${counted(erased, 'conversation')} ${erased === 1 ? 'was' : 'were'} erased from this archive after it was made</strong> (<code>integrity/erasures.jsonl</code> says when and why). The numbers at a glance are those of the run; charts and lists are of what stands here now.</p>`
  }`
}

function glance({ counts, amends, mode }: RunDocument, { refused }: ArchiveFigures): Html {
  const redacted = Object.values(counts.redactionsByType).reduce((sum, each) => sum + each, 0)
  const figures: readonly (readonly [string, number])[] = [
    [amends ? 'Conversations read again' : 'Conversations found', counts.found],
    [amends ? 'with something to amend' : 'Archived', counts.conversations],
    ['Nothing in this period', counts.excluded],
    ['Refused, not archived', refused],
    ['Gaps', counts.gaps],
    ['Entries archived', counts.entries],
    ['Files', counts.attachments],
    ...(mode === 'redacted' ? [['Redactions', redacted] as const] : []),
  ]
  const verdicts: readonly (readonly [string, number, string])[] = [
    ['Agree', counts.matched, 'as many messages delivered as Salesforce counts'],
    ['Missing', counts.missing, 'fewer messages delivered than counted, or refused'],
    ['More than counted', counts.extra, 'the count is wrong somewhere, so it proves nothing'],
    ['Differ', counts.differs, 'of one side more, of the other fewer'],
    ['Unknown', counts.unknown, 'Salesforce has no count to compare with'],
    ['Nothing in this period', counts.excluded, 'everything of them lies in another period, or is of an erased person'],
  ]
  return html`<section><h2>At a glance</h2>
<dl class="figures">${figures.map(([name, number]) => html`<div><dt>${name}</dt><dd>${count(number)}</dd></div>`)}</dl>
${barTable(
  'How the conversations compare with Salesforce’s own counts',
  ['Comparison', 'Conversations', 'Meaning'],
  verdicts.map(([name, value, note]) => ({ name, value, text: count(value), note })),
)}
</section>`
}

function overTime({ bins, byTime, undated, refused, conversations }: ArchiveFigures): Html {
  const unit = { hour: 'hour', day: 'day', month: 'month' }[bins.size]
  const empty = byTime.filter(({ conversations: begun, agentMessages, endUserMessages, otherMessages, events }) => {
    return begun + agentMessages + endUserMessages + otherMessages + events === 0
  }).length
  const withGaps = byTime.filter(({ doubtful, missingMessages }) => doubtful + missingMessages > 0).length
  const values = (of: (figures: ArchiveFigures['byTime'][number]) => number): readonly number[] => byTime.map(of)
  const missing = values(({ missingMessages }) => missingMessages).reduce((sum, each) => sum + each, 0)
  return html`<section><h2>Over time</h2>
${timeChart({
  id: 'conversations',
  title: `Conversations per ${unit}`,
  summary: `By their first entry here. ${counted(withGaps, unit)} with conversations that are not proven complete; in ${counted(empty, unit)} there was nothing.`,
  bins,
  series: [
    { name: 'proven', tone: 'first', values: values((each) => each.conversations - each.doubtful) },
    { name: 'not proven complete', tone: 'gap', values: values((each) => each.doubtful) },
  ],
})}
${timeChart({
  id: 'messages',
  title: `Messages per ${unit}`,
  summary:
    missing > 0
      ? `Archived messages by when the server received them. ${counted(missing, 'message')} that Salesforce counts and nobody delivered: drawn where their conversation begins, since nobody knows when they were sent.`
      : 'Archived messages by when the server received them. Salesforce counts none that is not here.',
  bins,
  series: [
    { name: 'of agents', tone: 'first', values: values(({ agentMessages }) => agentMessages) },
    { name: 'of customers', tone: 'second', values: values(({ endUserMessages }) => endUserMessages) },
    { name: 'of bots and others', tone: 'third', values: values(({ otherMessages }) => otherMessages) },
    { name: 'missing', tone: 'gap', values: values(({ missingMessages }) => missingMessages) },
  ],
})}
${
  refused > 0 &&
  html`<p>Not drawn: ${counted(refused, 'conversation')} that Salesforce names and that could not be archived. Nobody knows when they were; the gaps below name them.</p>`
}${
  undated.conversations > 0 &&
  html`<p>Not drawn: ${count(undated.conversations)} of ${counted(conversations, 'archived conversation')}, of which no time inside the period is known; Salesforce counts ${counted(undated.missingMessages, 'message')} of them that nobody delivered.</p>`
}
</section>`
}

function channels({ channels: known, otherChannels }: ArchiveFigures): Html | null {
  if (known.length === 0) return null
  const all = otherChannels === null ? known : [...known, { ...otherChannels, name: 'all further channels' }]
  return html`<section><h2>By channel</h2>
${barTable(
  'Archived conversations by channel',
  ['Channel', 'Conversations', 'Messages'],
  all.map(({ name, type, conversations, messages }) => ({
    name: html`${name ?? 'unknown'}${type !== null && html` <span class="faint">${type}</span>`}`,
    value: conversations,
    text: count(conversations),
    note: count(messages),
  })),
)}</section>`
}

function redactions({ mode, counts }: RunDocument, { policyDigest }: CommandFacts): Html {
  const types = Object.entries(counts.redactionsByType).sort(([, a], [, b]) => b - a)
  if (mode === 'plain') {
    return html`<section><h2>Redaction</h2><p>None: texts stand as they were received. Personal data is in this archive.</p></section>`
  }
  return html`<section><h2>Redaction</h2>
<p>What the policy finds was replaced; <code>data/reports/redactions.jsonl</code> says where, never what stood there. This is pseudonymised, not anonymous: no program finds everything.</p>
${policyDigest !== null && html`<p class="faint">Policy <code>${policyDigest}</code></p>`}
${
  types.length === 0
    ? html`<p>Nothing was found to redact.</p>`
    : barTable(
        'Replacements by type',
        ['Type', 'Times', ''],
        types.map(([name, value]) => ({ name, value, text: count(value) })),
      )
}</section>`
}

function checking(): Html {
  return html`<section><h2>How far to trust this page</h2>
<p>It is a summary for people. The evidence are the files it was counted from: <code>data/reports/reconciliation.csv</code> has every conversation, <code>data/reports/gaps.csv</code> everything missing or doubtful, <code>run.json</code> the counts. <code>VERIFY.txt</code> says how to check, with tools of any machine, that none of them was changed.</p>
<p>Nobody can prove from an archive that Salesforce itself told everything: that is why an independent count, and where asked for a second source, stand beside what was delivered.</p>
</section>`
}
