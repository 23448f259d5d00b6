import { join } from 'node:path'
import { type ArchiveResult, findLeftovers } from '@custody/archive'
import { CustodyError } from '@custody/pipeline'
import type { CommandContext } from '../command-context.ts'
import type { ArchiveFlags } from '../commands/archive.ts'
import type { Console } from '../console.ts'
import { openSuppression, tellSuppressed } from '../erasing/suppression.ts'
import { tellHeadroom } from '../limiting/headroom-event.ts'
import { openJobLedger } from '../remembering/org-ledger.ts'
import { type RememberedRun, rememberRun, remembranceLine } from '../remembering/remember-run.ts'
import { alreadyWritten, forgetFinished } from '../resuming/already-written.ts'
import { openResumableRun, type ResumableRun } from '../resuming/resumable-run.ts'
import { openSealing, type Sealing } from '../sealing/sealing.ts'
import { type ArchiveJob, nameOf } from './archive-job.ts'
import { assertNotSealed } from './assert-not-sealed.ts'
import { connectOrg } from './connect-org.ts'
import { assertDiskSpace } from './disk-space.ts'
import { threadsFor } from './encoded-on-threads.ts'
import { concurrentReads } from './one-by-one.ts'
import { count, createProgress, type Progress } from './progress.ts'
import { countAndResolve } from './resolve-source.ts'
import { createRunAccount } from './run-account.ts'
import { type ArchiveSealing, assembleArchive, checkTarget } from './run-archive.ts'
import { notesOn, sealingLines, sourceOf, verdictLines } from './run-lines.ts'
import { summaryTable } from './summary.ts'
import { inPhase, tellFailure, tellHttp, tellRun } from './tell-events.ts'
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
  return await tellFailure(console, asked, () => runAlone(asked, flags, world, console))
}

async function runAlone(asked: ArchiveJob, flags: ArchiveFlags, world: World, console: Console): Promise<WatchedRun> {
  // From here on nobody else runs for this org.
  await using ledger = await openJobLedger(asked, world, console)
  const written = await alreadyWritten(asked, ledger)
  if (written !== null) {
    console.talk(`Run ${written.runId} was stopped after it wrote its archive; nothing is left to do.`)
    return { result: written.result, isStamped: true }
  }
  // Wrong options and a target that cannot be written show before anything is asked or kept.
  checkTarget(asked, world.clock)
  await assertNotSealed(asked)
  await forgetFinished(asked, ledger)
  const run = await openResumableRun(asked, flags, world.clock)
  try {
    const remembered = await rememberRun(ledger, run.job)
    let stands = false
    try {
      const done = await runJob(run, remembered, world, console, () => {
        stands = true
      })
      await run.finish()
      return done
    } catch (error) {
      // With nothing read, and nothing written, there is nothing to go on with.
      const goesOn = stands || run.journal.size.answers > 0
      // What an interrupted run recorded is forgotten when it goes on: for now it ends at once.
      if (!stands && !(goesOn && world.signal.aborted))
        await remembered.failed(codeOf(error), goesOn).catch(() => undefined)
      if (!goesOn) await run.finish()
      else if (stands) console.talk('The archive stands, and is not yet noted everywhere: give the same command again.')
      else console.talk(`What was read is kept, encrypted. Go on with: custody archive --resume ${run.job.runId}`)
      throw error
    }
  } finally {
    await run.close()
  }
}

function codeOf(error: unknown): string {
  return CustodyError.isInstance(error) ? error.code : 'UNEXPECTED'
}

/** Runs one job with everything around it that talks: run id, progress, events, closing table. */
async function runJob(
  { job, journal, answers }: ResumableRun,
  remembered: RememberedRun,
  world: World,
  console: Console,
  onWritten: () => void,
): Promise<WatchedRun> {
  const { clock, env, signal } = world
  const startedAt = clock.now()
  const counter = createCallCounter()
  const account = createRunAccount({ clock, startedAt, calls: counter, org: job.org, answersKept: answers })
  const tellCall = tellHttp(console, job.orgAlias)
  let progress: Progress | undefined
  let sealing: Sealing | null = null
  const connection = await connectOrg(job.orgAlias, job.org, {
    stateDirectory: job.config.state.directory,
    env,
    clock,
    journal,
    connections: concurrentReads,
    onHeadroom: tellHeadroom(console),
    onEvent: (event) => {
      counter.count(event)
      account.onHttpEvent(event)
      progress?.onHttpEvent(event)
      tellCall(event)
    },
  })
  try {
    await warnOfLeftovers(job, console)
    sealing = await openSealing({ ...job, archives: job.archive.directory, env, clock, signal })
    console.event({ type: 'job-start', runId: job.runId, org: job.orgAlias, ...job.window, source: job.asked, answers })
    console.talk(`Run ${job.runId}: archiving ${job.orgAlias} from ${job.window.from} to ${job.window.to}`)
    if (answers > 0) console.talk(`It goes on: ${count(answers)} answers of Salesforce are here already.`)
    for (const line of sealingLines(sealing)) console.talk(line)
    const beside = remembranceLine(remembered.remembrance)
    if (beside !== null) console.talk(beside)
    const name = nameOf(job)
    const detail = { ...job.window, source: job.asked, answers }
    await sealing?.note({ act: 'archive.start', run: job.runId, obj: name, detail })
    const {
      found,
      objects,
      job: resolved,
      reason,
    } = await inPhase(console, 'count', () => countAndResolve(job, connection, clock.now(), signal))
    await using suppression = await openSuppression(job, clock)
    const expected = found.conversations + found.outlyingSessions
    const pipeline = assembleArchive(resolved, connection, clock, objects, {
      sealing: sealing && timed(sealing, console),
      ledger: remembered.stages,
      suppression,
      cost: account.cost,
      threads: threadsFor(resolved, Math.min(expected, job.limit ?? expected)),
    })
    if (reason !== null) {
      console.event({ type: 'source-choice', source: resolved.source, parts: resolved.parts, reason })
      console.talk(`Entries come from ${sourceOf(resolved)}: ${reason}.`)
    }
    if (job.fallback !== resolved.fallback)
      console.warn(`--allow-fallback ${job.fallback} has no meaning for what auto chose.`)
    console.talk(`The window holds about ${count(expected)} conversations with ${count(found.sessions)} sessions.`)
    for (const line of notesOn(resolved, objects)) console.talk(line)
    await assertDiskSpace(job, Math.min(expected, job.limit ?? expected), console)
    progress = createProgress({ console, clock, total: Math.min(expected, job.limit ?? expected) })
    const { onRunEvent } = progress
    const tellEvent = tellRun(console)
    const { result, summary } = await pipeline.run({
      signal,
      onEvent: (event) => {
        onRunEvent(event)
        account.onRunEvent(event)
        tellEvent(event)
      },
    })
    progress.end()
    onWritten()
    await remembered.commit(result)
    await sealing?.sealed(result.path, job)
    const costs = counter.costs()
    // A clock that was set back meanwhile must not make it less than nothing.
    const elapsedMs = Math.max(0, clock.now() - startedAt)
    const peakMemoryBytes = process.resourceUsage().maxRSS * 1024
    const { runId, orgAlias: org } = job
    const { source } = resolved
    console.event({ type: 'job-end', runId, org, source, ...result, calls: costs, elapsedMs, peakMemoryBytes })
    for (const line of summaryTable({ result, run: summary, costs, elapsedMs })) console.talk(line)
    for (const line of verdictLines(result, job)) console.talk(line)
    tellSuppressed(suppression, console)
    if (sealing?.unstamped) {
      const { code, message } = sealing.unstamped
      console.event({ type: 'unstamped', code })
      console.warn(`The seal bears no timestamp: ${message} [${code}]`)
    }
    return { result, isStamped: !sealing?.unstamped }
  } catch (error) {
    // The log must not hide why the run failed.
    const detail = { code: codeOf(error) }
    await sealing?.note({ act: 'archive.failed', run: job.runId, detail }).catch(() => undefined)
    throw error
  } finally {
    progress?.end()
    await sealing?.close()
    await connection.close()
  }
}

/** Sealing that shows in traces. */
function timed(sealing: Sealing, console: Console): ArchiveSealing {
  return {
    makeSeal: (bag) => inPhase(console, 'seal', () => sealing.makeSeal(bag)),
    archived: (run, made) => sealing.archived(run, made),
  }
}

/** What a run that died left behind holds conversations: it must not be forgotten in a hidden folder. */
async function warnOfLeftovers(job: ArchiveJob, console: Console): Promise<void> {
  const { directory } = job.archive
  for (const leftover of await findLeftovers({ directory, name: nameOf(job) })) {
    const path = join(directory, leftover)
    console.event({ type: 'leftover', path })
    console.warn(`A run that died left ${path} behind: it holds conversations. Remove it once no run uses it.`)
  }
}
