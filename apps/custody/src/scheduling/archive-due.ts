import { CustodyError } from '@custody/pipeline'
import { type DueOptions, dueWindows, nextDue, type ScheduledWindow, type Window } from '@custody/schedule'
import { type RereadSealed, rereadSealed } from '../amending/reread-sealed.ts'
import { runArchiveCommand } from '../archive-job/run-archive-command.ts'
import type { CommandContext } from '../command-context.ts'
import type { ArchiveFlags } from '../commands/archive.ts'
import { type ExitCode, exitCodeOf, exitCodes } from '../exit-code.ts'
import { knownError } from '../known-error.ts'
import { showError } from '../show-error.ts'
import type { OrgOutcome } from './each-org.ts'
import { sealedWindows } from './org-ledger.ts'
import { owedRereadings, oweRereading, settleRereadings } from './owed-rereadings.ts'
import type { ScheduledOrg } from './scheduled-orgs.ts'

/**
 * Archives what is due of one org, oldest first, each window as if it were asked for by itself; then reads sealed time again. Never throws.
 */
export async function archiveDue(
  org: ScheduledOrg,
  flags: ArchiveFlags,
  stateDirectory: string,
  context: CommandContext,
): Promise<OrgOutcome> {
  const { alias, schedule } = org
  // Looked up anew for each window: another process may have been at work, by schedule or by hand.
  const asOfNow = async (): Promise<DueOptions> => ({
    now: new Date(context.clock.now()).toISOString(),
    sealed: await sealedWindows(stateDirectory, alias),
  })
  const codes: ExitCode[] = []
  const errors: string[] = []
  const failed = (error: unknown): void => {
    showError(error, context.console(flags), { ...flags, org: alias })
    codes.push(exitCodeOf(error))
    errors.push(knownError(error).code)
  }
  const archived: Window[] = []
  let reread: RereadSealed | null = null
  try {
    const owed = await owedRereadings(stateDirectory, alias)
    const tried = new Set<string>()
    const next = async (): Promise<ScheduledWindow | undefined> =>
      dueWindows(schedule, await asOfNow()).find(({ from }) => !tried.has(from))
    for (let window = await next(); window !== undefined; window = await next()) {
      context.signal.throwIfAborted()
      tried.add(window.from)
      if (!flags.plan) await oweRereading(stateDirectory, alias, window)
      try {
        codes.push(await runArchiveCommand(flagsOf(flags, alias, window), context))
        if (!flags.plan) archived.push(window)
      } catch (error) {
        if (!isDue(window, await asOfNow(), org)) continue
        if (!isOfOneWindow(error)) throw error
        failed(error)
      }
    }
    if (!flags.plan) reread = await rereadAround(owed, archived)
  } catch (error) {
    failed(error)
  }
  const after = await asOfNow().catch(() => null)
  return {
    org: alias,
    exitCode: gravest(codes),
    archived: archived.length,
    reread,
    left: after && dueWindows(schedule, after).length,
    nextDueAt: after && (nextDue(schedule, after)?.dueAt ?? null),
    errors,
  }

  /** What was archived now, and before by a run that was stopped there. */
  async function rereadAround(owed: readonly Window[], now: readonly Window[]): Promise<RereadSealed | null> {
    const sealed = new Set((await sealedWindows(stateDirectory, alias)).map(({ from, to }) => `${from} ${to}`))
    // What is not sealed is still due, and noted again when it is archived.
    const around = [...owed, ...now].filter(({ from, to }) => sealed.has(`${from} ${to}`))
    if (around.length === 0) return null
    // The turns of audit go by archives: making up for a reading is none.
    const audit = now.length > 0 ? org.audit : 0
    const done = await rereadSealed(
      alias,
      { flags, stateDirectory, archived: around, overlapMs: org.overlapMs, audit },
      context,
    )
    codes.push(done.exitCode)
    const isRead = done.exitCode === exitCodes.done || done.exitCode === exitCodes.incomplete
    if (isRead) await settleRereadings(stateDirectory, alias, around)
    return done
  }
}

/** The flags of an archive by hand: a run that is stopped goes on as one of its own. */
function flagsOf(flags: ArchiveFlags, alias: string, { from, to }: ScheduledWindow): ArchiveFlags {
  const { due: _, ...others } = flags
  return { ...others, org: alias, from, to }
}

function isDue(window: ScheduledWindow, asOf: DueOptions, { schedule }: ScheduledOrg): boolean {
  return dueWindows(schedule, asOf).some(({ from, to }) => from < window.to && window.from < to)
}

/**
 * Whether other windows of the org may still be archived: one that fails for good must not hold up all that follow it, since what
 * Salesforce deletes meanwhile is lost. What is wrong with the sign-in, the network or the limits is wrong for all.
 */
function isOfOneWindow(error: unknown): boolean {
  if (!CustodyError.isInstance(error)) return false
  return error.code === 'ARCHIVE_EXISTS' || (error.kind === 'failure' && !error.retryable)
}

/** The first that failed; else incomplete if one was; else done. */
function gravest(codes: readonly ExitCode[]): ExitCode {
  const notDone = codes.filter((code) => code !== exitCodes.done)
  return notDone.find((code) => code !== exitCodes.incomplete) ?? notDone[0] ?? exitCodes.done
}
