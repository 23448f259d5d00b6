import type { RunDocument } from '@custody/archive'
import { type Html, type HtmlPart, html } from './html.ts'
import type { CommandFacts } from './run-facts.ts'
import { count, moment, period } from './wording.ts'

/** What was asked, of whom. */
export function askedSection(run: RunDocument, facts: CommandFacts): Html {
  const { asked, sources, redactedFrom } = facts
  const rows: [string, HtmlPart][] = [
    ['Organisation', run.org],
    ['Period', period(run.window)],
    ...(redactedFrom === null
      ? []
      : [['Made from', html`the archive <code>${redactedFrom.archive}</code>`] as [string, HtmlPart]]),
    ...(asked === null ? [] : askedRows(asked, sources)),
    ...leftOut(facts),
    ['Texts', run.mode === 'plain' ? 'as they were received' : 'redacted'],
    ['Formats', run.formats.join(', ')],
    ['Run', html`<code>${run.run.runId}</code>, from ${moment(run.run.startedAt)} to ${moment(run.finishedAt)}`],
  ]
  return html`<section><h2>What was asked</h2>
<dl class="facts">${rows.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>
</section>`
}

/** What the org may have and nobody asked for, or nobody was allowed to see. */
function leftOut({ objects, asked }: CommandFacts): [string, HtmlPart][] {
  const apart = objects.filter(({ object, apart: number }) => {
    return (number ?? 0) > 0 && !(object === 'LiveChatTranscript' && asked?.legacyChats)
  })
  const hidden = objects.flatMap(({ object, visible, hiddenFields }) => {
    if (hiddenFields.length > 0) return hiddenFields.map((field) => `${object}.${field}`)
    return visible ? [] : [object]
  })
  return [
    ...(apart.length > 0
      ? [
          [
            'Not in this archive',
            `${apart.map(({ object, apart: number }) => `${count(number ?? 0)} ${object}`).join(', ')}: records of this period that lead to no conversation of messages`,
          ] as [string, HtmlPart],
        ]
      : []),
    ...(hidden.length > 0 ? [['Not visible to the run', hidden.join(', ')] as [string, HtmlPart]] : []),
  ]
}

function askedRows(asked: NonNullable<CommandFacts['asked']>, sources: CommandFacts['sources']): [string, HtmlPart][] {
  const { source, limit, witnesses = [], fallback, attachments, legacyChats, exportedAt } = asked
  const read = sources.map((each) =>
    typeof each === 'string' ? each : `${each.source} (${period({ from: each.from, to: each.to })})`,
  )
  return [
    ['Read from', `${read.join(', then ')}${source === 'auto' ? ', chosen by the size of the period' : ''}`],
    ['Second sources', witnesses.length > 0 ? witnesses.join(', ') : 'none were asked'],
    ...(fallback ? [['Fallback allowed', fallback] as [string, HtmlPart]] : []),
    ...(limit
      ? [['Cut short', `only the first ${count(limit)} conversations were asked for`] as [string, HtmlPart]]
      : []),
    ...(exportedAt ? [['Export made', moment(exportedAt)] as [string, HtmlPart]] : []),
    ...(attachments === undefined ? [] : [['Files', attachments ? 'fetched' : 'left out'] as [string, HtmlPart]]),
    ...(legacyChats ? [['Legacy chats', 'read, too'] as [string, HtmlPart]] : []),
  ]
}
