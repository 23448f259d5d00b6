import { readReconciliation, verify } from '@custody/archive'
import { from } from '@custody/pipeline'
import { census, legacyTranscripts } from '@custody/records-source'
import { connectOrg } from '../archive-job/connect-org.ts'
import { followedBy } from '../archive-job/followed-by.ts'
import { concurrentReads } from '../archive-job/one-by-one.ts'
import { count } from '../archive-job/progress.ts'
import { chooseOrg } from '../archive-job/reading-job.ts'
import { tellHttp } from '../archive-job/tell-events.ts'
import type { CommandContext } from '../command-context.ts'
import type { ReconcileFlags } from '../commands/reconcile.ts'
import { loadConfig } from '../config/load.ts'
import { type ExitCode, exitCodes } from '../exit-code.ts'
import { type Counts, type Drift, OrgComparison } from './compare-with-org.ts'

/** Counts the window of an archive anew and says where the org of now and the archive disagree. Reads no message. */
export async function reconcileArchive(
  archive: string,
  flags: ReconcileFlags,
  context: CommandContext,
): Promise<ExitCode> {
  const { clock, env, signal } = context
  const console = context.console(flags)
  const report = await verify(archive, { signal })
  const [first] = report.findings
  if (first || !report.run) {
    // What was changed since proves nothing about the org.
    console.event({ type: 'finding', archive, code: first?.code ?? 'RUN_JSON', path: first?.path ?? null })
    console.data(`${archive} is not as it was written (${first?.code ?? 'RUN_JSON'}): see custody verify ${archive}`)
    return exitCodes.findings
  }
  const { org: writtenFor, window, verdict, counts } = report.run
  const config = loadConfig(flags.config)
  const [alias, org] = chooseOrg(config, flags.org ?? writtenFor)
  const comparison = new OrgComparison()
  for await (const conversation of readReconciliation(archive)) comparison.addArchived(conversation)
  const archived = comparison.conversations

  const connection = await connectOrg(alias, org, {
    stateDirectory: config.state.directory,
    env,
    clock,
    connections: concurrentReads,
    onEvent: tellHttp(console, alias),
  })
  let found = 0
  let findings = 0
  const tell = (drift: Drift): void => {
    findings += 1
    console.event({ type: 'finding', archive, ...drift })
    console.data(
      `${drift.code}  ${drift.identifier}  archived ${words(drift.archived)}; now ${drift.code === 'NOT_IN_ORG' ? 'not there' : words(drift.inOrg)}`,
    )
  }
  if (verdict === 'incomplete') {
    // Counts that agree by now prove no text, no bot and no event.
    findings += 1
    console.event({ type: 'finding', archive, code: 'ARCHIVE_INCOMPLETE', gaps: counts.gaps })
    console.data(`ARCHIVE_INCOMPLETE  the archive says so itself: ${count(counts.gaps)} lines in its reports/gaps.csv`)
  }
  try {
    const asking = { org: connection.client, window, apiVersion: org.apiVersion }
    let counted = from(census(asking))
    if (comparison.hasLegacyChats) counted = counted.through(followedBy(legacyTranscripts(asking)))
    for await (const { records, rejects } of counted.batches({ signal })) {
      for (const conversation of records) {
        found += 1
        const drift = comparison.compare(conversation)
        if (drift) tell(drift)
      }
      for (const { code, subject, message } of rejects) {
        findings += 1
        console.event({ type: 'finding', archive, code, subject })
        console.data(`${code}  ${subject.id ?? ''}  ${message}`)
      }
    }
    for (const drift of comparison.rest()) tell(drift)
  } finally {
    await connection.close()
  }
  console.event({ type: 'archive-reconciled', org: alias, archive, archived, found, findings })
  const outcome = findings === 0 ? 'every count agrees' : `${count(findings)} findings`
  console.data(`${archive}: ${outcome} (${count(archived)} conversations archived, ${count(found)} in the org)`)
  return findings === 0 ? exitCodes.done : exitCodes.findings
}

function words(counts: Counts | null): string {
  return counts === null ? 'unknown' : `${counts.agent} by agents, ${counts.endUser} by end users`
}
