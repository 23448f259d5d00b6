import { usageError } from '@custody/pipeline'
import { runArchiveCommand } from '../archive-job/run-archive-command.ts'
import type { CommandContext } from '../command-context.ts'
import type { ArchiveFlags } from '../commands/archive.ts'
import { loadConfig } from '../config/load.ts'
import { parseWindow } from '../config/window.ts'
import { type ExitCode, exitCodeOf } from '../exit-code.ts'
import { knownError } from '../known-error.ts'
import { showError } from '../show-error.ts'
import { archiveDue } from './archive-due.ts'
import { eachOrg, type OrgOutcome } from './each-org.ts'
import { scheduledOrgs } from './scheduled-orgs.ts'

/** Runs `custody archive --due`: of every org that has a schedule, what is due. */
export async function runDue(flags: ArchiveFlags, context: CommandContext): Promise<ExitCode> {
  refuse(flags, ['from', 'to', 'limit', 'resume', 'export', 'allOrgs', 'amend'], '--due')
  const config = loadConfig(flags.config)
  return await eachOrg(
    scheduledOrgs(config, flags.org),
    (org) => archiveDue(org, flags, config.state.directory, context),
    context.console(flags),
  )
}

/** Runs `custody archive --all-orgs`: one window of every org of the configuration. */
export async function runAllOrgs(flags: ArchiveFlags, context: CommandContext): Promise<ExitCode> {
  refuse(flags, ['org', 'resume', 'export', 'due'], '--all-orgs')
  // Once, and not for each org.
  if (flags.from !== undefined && flags.to !== undefined) parseWindow(flags.from, flags.to, context.clock.now())
  else throw usageError('OPTION_MISSING', '--all-orgs needs a window.', 'Add --from 2026-10-01 --to 2026-11-01.')
  const { allOrgs: _, ...others } = flags
  const aliases = Object.keys(loadConfig(flags.config).orgs)
  return await eachOrg(
    aliases.map((alias) => ({ alias })),
    ({ alias }) => archiveOne(alias, { ...others, org: alias }, context),
    context.console(flags),
  )
}

async function archiveOne(org: string, flags: ArchiveFlags, context: CommandContext): Promise<OrgOutcome> {
  const nothing = { org, archived: 0, reread: null, left: 0, nextDueAt: null, errors: [] }
  try {
    context.signal.throwIfAborted()
    const exitCode = await runArchiveCommand(flags, context)
    return { ...nothing, exitCode, archived: flags.plan || flags.amend ? 0 : 1 }
  } catch (error) {
    showError(error, context.console(flags), { ...flags, org })
    return { ...nothing, exitCode: exitCodeOf(error), errors: [knownError(error).code] }
  }
}

function refuse(flags: ArchiveFlags, meaningless: readonly (keyof ArchiveFlags)[], beside: string): void {
  const given = meaningless.find((name) => flags[name] !== undefined)
  if (given === undefined) return
  const typed = `--${given.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
  throw usageError(
    'FLAGS_EXCLUDE',
    `${typed} has no meaning with ${beside}.`,
    `Leave out one of them; see custody archive --help.`,
  )
}
