import { join } from 'node:path'
import { archiveName, findLeftovers } from '@custody/archive'
import { CustodyError } from '@custody/pipeline'
import type { SurveyedObject } from '@custody/records-source'
import type { CommandContext } from '../command-context.ts'
import type { Console } from '../console.ts'
import { openSealing, type Sealing } from '../sealing/sealing.ts'
import type { ArchiveJob } from './archive-job.ts'
import { assertNotSealed } from './assert-not-sealed.ts'
import { connectOrg } from './connect-org.ts'
import { concurrentReads } from './one-by-one.ts'
import { count, createProgress, type Progress } from './progress.ts'
import { countAndResolve } from './resolve-source.ts'
import { type ArchiveRun, assembleArchive } from './run-archive.ts'
import { summaryTable } from './summary.ts'
import { createCallCounter } from './time-spent.ts'

/** Runs an archive job with everything around it that talks: run id, progress, events, closing table. */
export async function runWatched(
  job: ArchiveJob,
  { clock, env, signal }: Pick<CommandContext, 'clock' | 'env' | 'signal'>,
  console: Console,
): Promise<ArchiveRun & { readonly isStamped: boolean }> {
  const startedAt = clock.now()
  const counter = createCallCounter()
  let progress: Progress | undefined
  let sealing: Sealing | null = null
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
    // Wrong options and a target that cannot be written show before anything is asked.
    assembleArchive(job, connection, clock, [])
    await warnOfLeftovers(job, console)
    await assertNotSealed(job)
    sealing = await openSealing({ ...job, archives: job.archive.directory, env, clock, signal })
    console.event({ type: 'job-start', runId: job.runId, org: job.orgAlias, ...job.window, source: job.asked })
    console.talk(`Run ${job.runId}: archiving ${job.orgAlias} from ${job.window.from} to ${job.window.to}`)
    for (const line of sealingLines(sealing)) console.talk(line)
    const name = archiveName(job.orgAlias, job.window)
    await sealing?.note({
      act: 'archive.start',
      run: job.runId,
      obj: name,
      detail: { ...job.window, source: job.asked },
    })
    const { found, objects, job: resolved, reason } = await countAndResolve(job, connection, clock.now(), signal)
    const pipeline = assembleArchive(resolved, connection, clock, objects, sealing)
    if (reason !== null) {
      console.event({ type: 'source-choice', source: resolved.source, parts: resolved.parts, reason })
      console.talk(`Entries come from ${sourceOf(resolved)}: ${reason}.`)
    }
    if (job.fallback !== resolved.fallback)
      console.warn(`--allow-fallback ${job.fallback} has no meaning for what auto chose.`)
    const expected = found.conversations + found.outlyingSessions
    console.talk(`The window holds about ${count(expected)} conversations with ${count(found.sessions)} sessions.`)
    for (const line of notesOn(resolved, objects)) console.talk(line)
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
    await sealing?.sealed(run.result.path, job)
    const costs = counter.costs()
    const elapsedMs = clock.now() - startedAt
    const { result } = run
    const peakMemoryBytes = process.resourceUsage().maxRSS * 1024
    console.event({ type: 'job-end', runId: job.runId, ...result, calls: costs, elapsedMs, peakMemoryBytes })
    for (const line of summaryTable({ result, run: run.summary, costs, elapsedMs })) console.talk(line)
    for (const line of verdictLines(result, job)) console.talk(line)
    if (sealing?.unstamped) {
      const { code, message } = sealing.unstamped
      console.event({ type: 'unstamped', code })
      console.warn(`The seal bears no timestamp: ${message} [${code}]`)
    }
    return { ...run, isStamped: !sealing?.unstamped }
  } catch (error) {
    const code = CustodyError.isInstance(error) ? error.code : 'UNEXPECTED'
    // The log must not hide why the run failed.
    await sealing?.note({ act: 'archive.failed', run: job.runId, detail: { code } }).catch(() => undefined)
    throw error
  } finally {
    progress?.end()
    await sealing?.close()
    await connection.close()
  }
}

/** Where the archive will stand in its chain, and with whose key. */
function sealingLines(sealing: Sealing | null): readonly string[] {
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
function notesOn(job: ArchiveJob, objects: readonly SurveyedObject[]): readonly string[] {
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

function sourceOf({ source, parts }: ArchiveJob): string {
  return source === 'mixed' ? parts.map((part) => `${part.source} until ${part.to}`).join(', then ') : source
}

/** What a run that died left behind holds conversations: it must not be forgotten in a hidden folder. */
async function warnOfLeftovers({ archive, orgAlias, window }: ArchiveJob, console: Console): Promise<void> {
  for (const leftover of await findLeftovers({ directory: archive.directory, name: archiveName(orgAlias, window) })) {
    const path = join(archive.directory, leftover)
    console.event({ type: 'leftover', path })
    console.warn(`A run that died left ${path} behind: it holds conversations. Remove it once no run uses it.`)
  }
}

function verdictLines({ verdict, counts }: ArchiveRun['result'], { archive }: ArchiveJob): readonly string[] {
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
