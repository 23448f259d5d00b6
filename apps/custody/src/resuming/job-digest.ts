import { createHash } from 'node:crypto'
import { policyDigest } from '@custody/redact'
import type { ArchiveJob } from '../archive-job/archive-job.ts'

/** What a run is asked for, as one hash: everything that decides which bytes its archive has, and nothing that does not. */
export function jobDigest(job: ArchiveJob): string {
  const { orgAlias, org, window, asked, witnesses, fallback, exportFiles, exportedAt, legacyChats, limit } = job
  const { directory, container, formats } = job.archive
  const facts = {
    v: 1,
    orgAlias,
    loginUrl: org.loginUrl,
    apiVersion: org.apiVersion,
    data360: org.data360 ?? null,
    window,
    asked,
    witnesses,
    fallback,
    exportFiles,
    exportedAt,
    legacyChats,
    limit,
    directory,
    container,
    formats,
    attachments: job.attachments,
    policy: job.policy === null ? null : policyDigest(job.policy),
    ...(job.amends && { amends: job.amends }),
  }
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex')
}
