import { usageError } from '@custody/pipeline'
import { prepareArchiveJob } from '../archive-job/archive-job.ts'
import { count } from '../archive-job/progress.ts'
import type { CommandContext } from '../command-context.ts'
import type { ArchiveFlags } from '../commands/archive.ts'
import type { Console } from '../console.ts'
import { type ExitCode, exitCodes } from '../exit-code.ts'
import { amendWindow, type Reread } from './amend-window.ts'

/** Runs `custody archive --amend`: reads a sealed window again, now. */
export async function runAmendCommand(flags: ArchiveFlags, context: CommandContext): Promise<ExitCode> {
  const meaningless = (['limit', 'replace', 'plan'] as const).find((name) => flags[name] !== undefined)
  if (meaningless !== undefined) {
    throw usageError('FLAGS_EXCLUDE', `--${meaningless} has no meaning with --amend.`, 'Leave out one of them.')
  }
  const console = context.console(flags)
  const reread = await amendWindow(prepareArchiveJob(flags, context.env, context.clock), flags, context, console)
  tellReread(reread, console)
  return exitCodeOfReread(reread)
}

export function exitCodeOfReread({ gaps, isStamped }: Reread): ExitCode {
  return gaps.open > 0 || !isStamped ? exitCodes.incomplete : exitCodes.done
}

export function tellReread({ org, source, window, found, gaps, result, isStamped }: Reread, console: Console): void {
  const { late, changed, vanished } = found
  const archive = result?.path ?? null
  const counts = { ...found, gapsFilled: gaps.filled, gapsOpen: gaps.open }
  const archived = result && { conversations: result.counts.conversations, entries: result.counts.entries }
  console.event({ type: 'window-reread', org, source, ...window, ...counts, archive, archived })
  if (result === null) console.talk(`  nothing differs: ${count(found.compared)} entries are as the archives have them`)
  else {
    console.talk(`  ${count(late)} entries came late, ${count(changed)} changed, ${count(vanished)} vanished`)
    console.data(result.path)
  }
  if (gaps.filled > 0) console.talk(`  ${count(gaps.filled)} gaps are filled`)
  if (gaps.open > 0)
    console.talk(`  ${count(gaps.open)} gaps are still open: the window is read again by every later run`)
  if (!isStamped) console.warn('The seal of the amendment bears no timestamp.')
}
