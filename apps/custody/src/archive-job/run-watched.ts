import { join } from 'node:path'
import { archiveName, findLeftovers } from '@custody/archive'
import { countWindow } from '@custody/records-source'
import type { CommandContext } from '../command-context.ts'
import type { Console } from '../console.ts'
import type { ArchiveJob } from './archive-job.ts'
import { connectOrg } from './connect-org.ts'
import { count, createProgress, type Progress } from './progress.ts'
import { type ArchiveRun, assembleArchive, concurrentReads } from './run-archive.ts'
import { summaryTable } from './summary.ts'
import { createCallCounter } from './time-spent.ts'

/** Runs an archive job with everything around it that talks: run id, progress, events, closing table. */
export async function runWatched(
  job: ArchiveJob,
  { clock, env, signal }: Pick<CommandContext, 'clock' | 'env' | 'signal'>,
  console: Console,
): Promise<ArchiveRun> {
  const startedAt = clock.now()
  const counter = createCallCounter()
  let progress: Progress | undefined
  const connection = connectOrg(job.orgAlias, job.org, {
    env,
    clock,
    connections: concurrentReads,
    onEvent: (event) => {
      counter.count(event)
      progress?.onHttpEvent(event)
      // Every request as an event would drown the others; what goes wrong is worth a line.
      if (event.type !== 'request-end') console.event(event)
    },
  })
  try {
    const pipeline = assembleArchive(job, connection, clock)
    await warnOfLeftovers(job, console)
    console.event({ type: 'job-start', runId: job.runId, org: job.orgAlias, ...job.window, source: job.source })
    console.talk(`Run ${job.runId}: archiving ${job.orgAlias} from ${job.window.from} to ${job.window.to}`)
    const found = await countWindow({
      org: connection.client,
      window: job.window,
      apiVersion: job.org.apiVersion,
      signal,
    })
    const expected = found.conversations + found.outlyingSessions
    console.talk(`The window holds about ${count(expected)} conversations with ${count(found.sessions)} sessions.`)
    progress = createProgress({
      console,
      clock,
      total: Math.min(expected, job.limit ?? expected),
    })
    const { onRunEvent } = progress
    const run = await pipeline.run({
      signal,
      onEvent: (event) => {
        onRunEvent(event)
        if (event.type !== 'batch-end') console.event(event)
      },
    })
    progress.end()
    const costs = counter.costs()
    const elapsedMs = clock.now() - startedAt
    const { result } = run
    const peakMemoryBytes = process.resourceUsage().maxRSS * 1024
    console.event({ type: 'job-end', runId: job.runId, ...result, calls: costs, elapsedMs, peakMemoryBytes })
    for (const line of summaryTable({ result, run: run.summary, costs, elapsedMs })) console.talk(line)
    console.talk(`  verdict: ${verdictLine(result.verdict)}`)
    return run
  } finally {
    progress?.end()
    await connection.close()
  }
}

/** What a run that died left behind holds conversations: it must not be forgotten in a hidden folder. */
async function warnOfLeftovers({ archive, orgAlias, window }: ArchiveJob, console: Console): Promise<void> {
  for (const leftover of await findLeftovers({ directory: archive.directory, name: archiveName(orgAlias, window) })) {
    const path = join(archive.directory, leftover)
    console.event({ type: 'leftover', path })
    console.warn(`A run that died left ${path} behind: it holds conversations. Remove it once no run uses it.`)
  }
}

function verdictLine(verdict: ArchiveRun['result']['verdict']): string {
  if (verdict === 'complete') return 'complete — every conversation of the census is archived, its message counts agree'
  if (verdict === 'empty') return 'empty — the window holds no conversation'
  return 'INCOMPLETE — what is missing or not proven is listed in data/reports/gaps.csv of the archive'
}
