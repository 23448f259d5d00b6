import type { ArchiveResult } from '@custody/archive'
import type { SurveyedObject } from '@custody/records-source'
import type { Sealing } from '../sealing/sealing.ts'
import type { ArchiveJob } from './archive-job.ts'
import { count } from './progress.ts'

/** Where the archive will stand in its chain, and with whose key. */
export function sealingLines(sealing: Sealing | null): readonly string[] {
  if (sealing === null)
    return ['The archive will bear no seal: nobody can tell later who made it. See custody keys init.']
  const { head, fingerprint } = sealing
  const place =
    head === null
      ? 'It begins its chain: no earlier seal is known here'
      : `It follows number ${head.seal.seq} of its chain`
  return [`The archive will be sealed by ${fingerprint}. ${place}.`]
}

/** What an archive of this run does not hold although the org may have it: nobody should find out later. */
export function notesOn(job: ArchiveJob, objects: readonly SurveyedObject[]): readonly string[] {
  const notes = objects.flatMap(({ object, apart }) => {
    if (!apart) return []
    if (object === 'LiveChatTranscript') {
      return job.legacyChats ? [] : [`${count(apart)} legacy chats are left out; --legacy-chats reads them too.`]
    }
    return [`${count(apart)} ${object} records lead to no conversation: their words are nowhere to be read.`]
  })
  if (job.exportFiles.length > 0 && job.exportedAt === null) {
    notes.push(
      'When the export was made is not known: what came later would only show by message counts. --exported-at says it.',
    )
  }
  if (job.policy !== null && !job.attachments) {
    notes.push('Files that messages carry are left out: they cannot be redacted. --attachments keeps them as they are.')
  }
  return notes
}

/** Where entries are read, in words. */
export function sourceOf({ source, parts }: ArchiveJob): string {
  return source === 'mixed' ? parts.map((part) => `${part.source} until ${part.to}`).join(', then ') : source
}

/** What the archive proves, and what not. */
export function verdictLines({ verdict, counts }: ArchiveResult, { archive }: ArchiveJob): readonly string[] {
  if (verdict === 'complete') {
    return [
      '  verdict: complete — every conversation is archived; its message counts agree, and so does a second source',
    ]
  }
  if (verdict === 'empty') return ['  verdict: empty — the window holds no conversation']
  if (verdict === 'incomplete') {
    return ['  verdict: INCOMPLETE — what is missing or not proven is listed in data/reports/gaps.csv of the archive']
  }
  return [
    '  verdict: counted — every message that agents and end users sent is archived: Salesforce counts them',
    `  Of ${count(counts.countedOnly)} conversations bots and events rest on one source: nobody else was asked, and nobody counts them.`,
    ...(archive.allowCounted ? [] : ['  Ask a second source (--witness data360), or let this pass (--allow-counted).']),
  ]
}
