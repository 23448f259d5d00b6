import type { ArchiveData } from './archive-data.ts'
import { element } from './element.ts'
import { count } from './words.ts'

/** What has to be known before anything is read: what is not in this page, first of all. */
export function notices({ facts, end, rows, findings }: ArchiveData): readonly HTMLElement[] {
  const lines: string[] = []
  if (end.conversationsLeftOut > 0) {
    lines.push(
      `This page shows the first ${count(rows.length, 'conversation')} of the archive. ${count(end.conversationsLeftOut, 'conversation')} more are in the archive and not in this page, for a browser could not hold them: they stand in data/conversations.`,
    )
  }
  if (end.conversationsUnread > 0) {
    lines.push(
      `${count(end.conversationsUnread, 'conversation')} of the archive could not be read, and are not in this page: the archive is damaged. See what is wrong: custody verify.`,
    )
  }
  if (facts.erased > 0)
    lines.push(
      `${count(facts.erased, 'conversation')} erased from this archive; integrity/erasures.jsonl says when and why.`,
    )
  if (facts.gaps > 0) {
    const here = new Set([...findings.values()].flat().filter(({ code }) => code !== 'SOURCES_DIFFER')).size
    lines.push(
      `Something is missing or not proven: ${count(facts.gaps, 'row')} in data/reports/gaps.csv, ${here} of them about conversations shown here.`,
    )
  }
  if (end.findingsLeftOut > 0)
    lines.push(`${count(end.findingsLeftOut, 'finding')} more than this page holds stand in data/reports.`)
  if (end.unreadable.length > 0)
    lines.push(`Could not be read, so their findings are not shown: ${end.unreadable.join(', ')}.`)
  return lines.map((line) => element('p', { class: 'notice' }, line))
}
