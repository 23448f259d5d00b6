import type { ArchiveResult } from '@custody/archive'
import type { Comparison, Ledger } from '@custody/ledger'
import type { Window } from '@custody/model'
import { CustodyError, type RunEvent } from '@custody/pipeline'
import type { ArchiveJob } from '../archive-job/archive-job.ts'
import { assembleReading } from '../archive-job/assemble-reading.ts'
import { connectOrg, type OrgConnection } from '../archive-job/connect-org.ts'
import { createEntryReaders } from '../archive-job/entry-readers.ts'
import { concurrentReads } from '../archive-job/one-by-one.ts'
import { createProgress } from '../archive-job/progress.ts'
import { countAndResolve } from '../archive-job/resolve-source.ts'
import { createRunAccount } from '../archive-job/run-account.ts'
import { assembleArchive } from '../archive-job/run-archive.ts'
import { tellFailure, tellHttp } from '../archive-job/tell-events.ts'
import { createCallCounter } from '../archive-job/time-spent.ts'
import type { CommandContext } from '../command-context.ts'
import type { ArchiveFlags } from '../commands/archive.ts'
import type { Console } from '../console.ts'
import { openSuppression } from '../erasing/suppression.ts'
import { tellHeadroom } from '../limiting/headroom-event.ts'
import { ledgerKey } from '../remembering/ledger-key.ts'
import { openJobLedger } from '../remembering/org-ledger.ts'
import { beginOrResume, commitRun } from '../remembering/remember-run.ts'
import { alreadyWritten, forgetFinished } from '../resuming/already-written.ts'
import { openResumableRun, type ResumableRun } from '../resuming/resumable-run.ts'
import { openSealing, type Sealing } from '../sealing/sealing.ts'
import { amendedEntries } from './amended-entries.ts'
import { compareReading, type ReadingComparison } from './compare-reading.ts'
import { freeAmendment, type SealedWindow, sealedWindow } from './sealed-window.ts'
import { type SettledGaps, settleGaps } from './settle-gaps.ts'
import { vanishedEntries } from './vanished-entries.ts'

type World = Pick<CommandContext, 'clock' | 'env' | 'signal'>

/** What came of reading a sealed window again. */
export interface Reread {
  readonly org: string
  readonly window: Window
  readonly found: Comparison
  readonly gaps: SettledGaps
  /** The source that was asked for. */
  readonly source: ArchiveJob['asked']
  /** What amends it; null where nothing differs. */
  readonly result: ArchiveResult | null
  /** False only where a time authority was to be asked, and gave nothing. */
  readonly isStamped: boolean
}

/**
 * Reads a sealed window again and holds it against what archives have of it. What differs goes into an archive of its own, which is
 * next in the chain: nothing that is sealed is touched.
 *
 * With `only`, a part of the window is read first, and all of it where that part differs.
 *
 * @throws CustodyError `AMEND_NOT_SEALED` (refused), `AMENDMENT_MOVED` (retryable), `LEDGER_…`
 */
export async function amendWindow(
  asked: ArchiveJob,
  flags: ArchiveFlags,
  world: World,
  console: Console,
  only: Window | null = null,
): Promise<Reread> {
  return await tellFailure(console, asked, () => amendAlone(asked, flags, world, console, only))
}

async function amendAlone(
  asked: ArchiveJob,
  flags: ArchiveFlags,
  world: World,
  console: Console,
  only: Window | null,
): Promise<Reread> {
  await using ledger = await openJobLedger(asked, world, console)
  const sealed = await sealedWindow(ledger, asked)
  const amends = { archive: sealed.archive, number: sealed.nextAmendment }
  const written = await alreadyWritten({ ...asked, amends }, ledger)
  if (written !== null) {
    console.talk(`Run ${written.runId} was stopped after it wrote its archive; nothing is left to do.`)
    return {
      org: asked.orgAlias,
      source: asked.asked,
      window: asked.window,
      found: nothing,
      gaps: { filled: 0, open: 0 },
      result: written.result,
      isStamped: true,
    }
  }
  await forgetFinished(asked, ledger)
  const run = await openResumableRun(freeAmendment(asked, amends), flags, world.clock)
  let stands = false
  try {
    await beginOrResume(ledger, run.job)
    const reread = await readAgain(run, { ledger, sealed, only, onWritten: () => (stands = true) }, world, console)
    await run.finish()
    return reread
  } catch (error) {
    const goesOn = stands || run.journal.size.answers > 0
    const code = CustodyError.isInstance(error) ? error.code : 'UNEXPECTED'
    if (!stands && !(goesOn && world.signal.aborted)) {
      await ledger.endRun(run.job.runId, { state: goesOn ? 'failed' : 'abandoned', code }).catch(() => undefined)
    }
    if (!goesOn) await run.finish()
    throw error
  } finally {
    await run.close()
  }
}

const nothing: Comparison = { compared: 0, late: 0, changed: 0, vanished: 0 }

interface Amending {
  readonly ledger: Ledger
  readonly sealed: SealedWindow
  readonly only: Window | null
  readonly onWritten: () => void
}

async function readAgain(
  { job, journal, answers }: ResumableRun,
  { ledger, sealed, only, onWritten }: Amending,
  world: World,
  console: Console,
): Promise<Reread> {
  const { clock, env, signal } = world
  const { runId, orgAlias: org, asked: source, window, config } = job
  const calls = createCallCounter()
  const account = createRunAccount({ clock, startedAt: clock.now(), calls, org: job.org, answersKept: answers })
  const tellCall = tellHttp(console, org)
  const connection = await connectOrg(org, job.org, {
    stateDirectory: config.state.directory,
    env,
    clock,
    journal,
    connections: concurrentReads,
    onHeadroom: tellHeadroom(console),
    onEvent: (event) => {
      calls.count(event)
      account.onHttpEvent(event)
      tellCall(event)
    },
  })
  const onRunEvent = (event: RunEvent): void => {
    account.onRunEvent(event)
    console.detail(event)
  }
  const reading = { ledger, sealed, onRunEvent }
  let sealing: Sealing | null = null
  try {
    // Its time stands in the chain already: that is what it amends.
    sealing = await openSealing({ config, orgAlias: org, archives: job.archive.directory, env, clock, signal })
    console.talk(`Run ${runId}: reading ${org} from ${window.from} to ${window.to} again`)
    const part = only === null ? null : await compare(job, only, connection, reading, world, console)
    const isSame = part !== null && differences(part.comparison) === 0 && part.gaps.count === 0
    const whole = isSame ? null : await compare(job, window, connection, reading, world, console)
    const { comparison: found, gaps } = whole ?? (part as ReadingComparison)
    const { late, changed, vanished } = found
    const detail = { ...(whole === null && only !== null ? only : window), late, changed, vanished, gaps: gaps.count }
    await sealing?.note({ act: 'window.reread', run: runId, obj: sealed.archive, detail })
    if (differences(found) > 0) return await amend(found)
    const settled = whole === null ? { filled: 0, open: 0 } : await settleGaps(ledger, { runId, org, window, gaps })
    await ledger.commitRun(runId, { archive: sealed.archive, verdict: gaps.count === 0 ? 'unchanged' : 'incomplete' })
    return { org, source, window, found, gaps: settled, result: null, isStamped: true }
  } finally {
    await sealing?.close()
    await connection.close()
  }

  async function amend(found: Comparison): Promise<Reread> {
    const { objects, job: resolved } = await countAndResolve(job, connection, clock.now(), signal)
    let settled: SettledGaps = { filled: 0, open: 0 }
    const entries = amendedEntries({
      ledger,
      ledgerKey: ledgerKey(job.key),
      runId,
      window,
      found,
      onRead: async (gaps) => {
        settled = await settleGaps(ledger, { runId, org, window, gaps })
      },
    })
    const vanished = () => vanishedEntries(ledger, { runId, org, directory: job.archive.directory })
    const amending = { amendmentOf: entries.amendmentOf, vanished }
    await using suppression = await openSuppression(job, clock)
    const extras = { sealing, ledger: entries, suppression, amending, cost: account.cost }
    const pipeline = assembleArchive(resolved, connection, clock, objects, extras)
    const { result } = await pipeline.run({ signal, onEvent: onRunEvent })
    onWritten()
    await commitRun(ledger, job, result, null)
    await sealing?.sealed(result.path, job)
    return { org, source, window, found, gaps: settled, result, isStamped: !sealing?.unstamped }
  }
}

/** Reads a time that is sealed, and holds it against the ledger. */
async function compare(
  job: ArchiveJob,
  window: Window,
  connection: OrgConnection,
  { ledger, sealed, onRunEvent }: Pick<Amending, 'ledger' | 'sealed'> & { onRunEvent(event: RunEvent): void },
  { clock, signal }: World,
  console: Console,
): Promise<ReadingComparison> {
  const { found, job: resolved } = await countAndResolve({ ...job, window }, connection, clock.now(), signal)
  const readers = createEntryReaders(resolved, connection, clock)
  const progress = createProgress({ console, clock, total: found.conversations + found.outlyingSessions })
  let result: ReadingComparison | undefined
  try {
    const sink = compareReading({
      ledger,
      ledgerKey: ledgerKey(job.key),
      runId: job.runId,
      window,
      wasEmpty: sealed.wasEmpty,
      onCompared: (compared) => {
        result = compared
      },
    })
    const onEvent = (event: RunEvent): void => {
      progress.onRunEvent(event)
      onRunEvent(event)
    }
    await using suppression = await openSuppression(job, clock)
    const reading = assembleReading(resolved, connection, readers)
    const pipe = suppression === null ? reading : reading.through(suppression.stage)
    await pipe.to(sink).run({ signal, onEvent })
    return result as ReadingComparison
  } finally {
    progress.end()
    await readers.close()
  }
}

function differences({ late, changed, vanished }: Comparison): number {
  return late + changed + vanished
}
