import { CustodyError } from '@custody/pipeline'
import { prepareArchiveJob } from '../archive-job/archive-job.ts'
import type { CommandContext } from '../command-context.ts'
import type { ArchiveFlags } from '../commands/archive.ts'
import { type ExitCode, exitCodeOf, exitCodes } from '../exit-code.ts'
import { openOrgLedger } from '../remembering/org-ledger.ts'
import { showError } from '../show-error.ts'
import { amendWindow } from './amend-window.ts'
import { type Choice, type ChosenWindow, chooseWindows } from './choose-windows.ts'
import { exitCodeOfReread, tellReread } from './run-amend-command.ts'

export interface RereadOptions extends Omit<Choice, 'org'> {
  /** As for an archive by hand; org and window are set here. */
  readonly flags: ArchiveFlags
  readonly stateDirectory: string
}

export interface RereadSealed {
  /** How many windows were read again. */
  readonly windows: number
  readonly late: number
  readonly changed: number
  readonly vanished: number
  /** Paths of what amends them. */
  readonly archives: readonly string[]
  readonly exitCode: ExitCode
}

/** Reads sealed windows of an org again: those with open gaps, those right before what was archived, and a share of all others in turn. */
export async function rereadSealed(
  orgAlias: string,
  options: RereadOptions,
  context: CommandContext,
): Promise<RereadSealed> {
  const { flags } = options
  const { clock, env, signal } = context
  const console = context.console(flags)
  const total = { windows: 0, late: 0, changed: 0, vanished: 0 }
  const archives: string[] = []
  let exitCode: ExitCode = exitCodes.done
  for (const { window, only } of await chosenOf(orgAlias, options, context)) {
    signal.throwIfAborted()
    const asked: ArchiveFlags = { ...ofWindows(flags), org: orgAlias, ...window, amend: true }
    try {
      const reread = await amendWindow(prepareArchiveJob(asked, env, clock), asked, context, console, only)
      tellReread(reread, console)
      const { found, result } = reread
      total.windows += 1
      total.late += found.late
      total.changed += found.changed
      total.vanished += found.vanished
      if (result !== null) archives.push(result.path)
      exitCode ||= exitCodeOfReread(reread)
    } catch (error) {
      signal.throwIfAborted()
      // The others are read all the same: one that cannot be must not keep them from it.
      showError(error, console, { ...flags, org: orgAlias })
      exitCode ||= exitCodeOf(error)
    }
  }
  return { ...total, archives, exitCode }
}

/** Looked up before anything is read, and without holding the ledger meanwhile. */
async function chosenOf(
  org: string,
  { stateDirectory, ...choice }: RereadOptions,
  { env, clock }: CommandContext,
): Promise<readonly ChosenWindow[]> {
  try {
    const place = { state: { directory: stateDirectory } }
    await using ledger = await openOrgLedger(org, {}, place, { env, clock, readOnly: true })
    return await chooseWindows(ledger, { org, ...choice })
  } catch (error) {
    if (CustodyError.isInstance(error) && error.code === 'LEDGER_NOT_FOUND') return []
    throw error
  }
}

/** The flags that say how a window is read and written, and not which one. */
function ofWindows({
  due: _,
  allOrgs: __,
  replace: ___,
  resume: ____,
  plan: _____,
  ...flags
}: ArchiveFlags): ArchiveFlags {
  return flags
}
