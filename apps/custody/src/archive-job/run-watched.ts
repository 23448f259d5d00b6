import { join } from 'node:path'
import { type ArchiveResult, archiveName, findLeftovers } from '@custody/archive'
import { CustodyError } from '@custody/pipeline'
import type { SurveyedObject } from '@custody/records-source'
import type { CommandContext } from '../command-context.ts'
import type { ArchiveFlags } from '../commands/archive.ts'
import type { Console } from '../console.ts'
import { alreadyWritten } from '../resuming/already-written.ts'
import { openResumableRun, type ResumableRun } from '../resuming/resumable-run.ts'
import { openSealing, type Sealing } from '../sealing/sealing.ts'
import type { ArchiveJob } from './archive-job.ts'
import { assertNotSealed } from './assert-not-sealed.ts'
import { connectOrg } from './connect-org.ts'
import { concurrentReads } from './one-by-one.ts'
import { count, createProgress, type Progress } from './progress.ts'
import { countAndResolve } from './resolve-source.ts'
import { assembleArchive, checkTarget } from './run-archive.ts'
import { summaryTable } from './summary.ts'
import { createCallCounter } from './time-spent.ts'

/** What came of a run that was watched. */
export interface WatchedRun {
  readonly result: ArchiveResult
  /** False only where a time authority was to be asked, and gave nothing. */
  readonly isStamped: boolean
}

type World = Pick<CommandContext, 'clock' | 'env' | 'signal'>

/**
 * Runs an archive job so that it can go on when it is stopped: under the id of the unfinished run that was asked for the same, if
 * there is one.
 */
export async function runWatched(
  asked: ArchiveJob,
  flags: ArchiveFlags,
  world: World,
  console: Console,
): Promise<WatchedRun> {
  const written = await alreadyWritten(asked)
  if (written !== null) {
    console.talk(`Run ${written.runId} was stopped after it wrote its archive; nothing is left to do.`)
    return { result: written.result, isStamped: true }
  }
  // Wrong options and a target that cannot be written show before anything is asked or kept.
  checkTarget(asked, world.clock)
  await assertNotSealed(asked)
  const run = await openResumableRun(asked, flags, world.clock)
  try {
    const done = await runJob(run, world, console)
    await run.finish()
    return done
  } catch (error) {
    // Nothing was read: there is nothing to go on with.
    if (run.journal.size.answers === 0) await run.finish()
    else console.talk(`What was read is kept, encrypted. Go on with: custody archive --resume ${run.job.runId}`)
    throw error
  } finally {
    await run.close()
  }
}

/** Runs one job with everything around it that talks: run id, progress, events, closing table. */
async function runJob({ job, journal, answers }: ResumableRun, world: World, console: Console): Promise<WatchedRun> {
  const { clock, env, signal } = world
  const startedAt = clock.now()
  const counter = createCallCounter()
  let progress: Progress | undefined
  let sealing: Sealing | null = null
  const connection = connectOrg(job.orgAlias, job.org, {
    env,
    clock,
    journal,
    connections: concurrentReads,
    onEvent: (event) => {
      counter.count(event)
      progress?.onHttpEvent(event)
      // Every request as an event would drown the others; what goes wrong is worth a line.
      if (event.type !== 'request-end') console.event(event)
    },
  })
  try {
    await warnOfLeftovers(job, console)
    sealing = await openSealing({ ...job, archives: job.archive.directory, env, clock, signal })
    console.event({ type: 'job-start', runId: job.runId, org: job.orgAlias, ...job.window, source: job.asked, answers })
    console.talk(`Run ${job.runId}: archiving ${job.orgAlias} from ${job.window.from} to ${job.window.to}`)
    if (answers > 0) console.talk(`It goes on: ${count(answers)} answers of Salesforce are here already.`)
    for (const line of sealingLines(sealing)) console.talk(line)
    const name = archiveName(job.orgAlias, job.window)
    const detail = { ...job.window, source: job.asked, answers }
    await sealing?.note({ act: 'archive.start', run: job.runId, obj: name, detail })
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
    progress = createProgress({ console, clock, total: Math.min(expected, job.limit ?? expected) })
    const { onRunEvent } = progress
    const { result, summary } = await pipeline.run({
      signal,
      onEvent: (event) => {
        onRunEvent(event)
        if (event.type !== 'batch-end') console.event(event)
      },
    })
    progress.end()
    await sealing?.sealed(result.path, job)
    const costs = counter.costs()
    const elapsedMs = clock.now() - startedAt
    const peakMemoryBytes = process.resourceUsage().maxRSS * 1024
    console.event({ type: 'job-end', runId: job.runId, ...result, calls: costs, elapsedMs, peakMemoryBytes })
    for (const line of summaryTable({ result, run: summary, costs, elapsedMs })) console.talk(line)
    for (const line of verdictLines(result, job)) console.talk(line)
    if (sealing?.unstamped) {
      const { code, message } = sealing.unstamped
      console.event({ type: 'unstamped', code })
      console.warn(`The seal bears no timestamp: ${message} [${code}]`)
    }
    return { result, isStamped: !sealing?.unstamped }
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

function verdictLines({ verdict, counts }: ArchiveResult, { archive }: ArchiveJob): readonly string[] {
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
