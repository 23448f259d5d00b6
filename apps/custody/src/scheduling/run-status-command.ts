import { CustodyError } from '@custody/pipeline'
import { chooseOrg } from '../archive-job/reading-job.ts'
import type { CommandContext } from '../command-context.ts'
import type { StatusFlags } from '../commands/status.ts'
import { defaultConfigFile } from '../config/choices.ts'
import { loadConfig } from '../config/load.ts'
import { type ExitCode, exitCodes } from '../exit-code.ts'
import { shellWord } from '../shell-word.ts'
import { showError } from '../show-error.ts'
import { type OrgStatus, orgStatus } from './org-status.ts'
import { statusLines } from './status-lines.ts'

/** Runs `custody status`. */
export async function runStatusCommand(flags: StatusFlags, context: CommandContext): Promise<ExitCode> {
  const console = context.console(flags)
  const config = loadConfig(flags.config)
  const aliases = flags.org === undefined ? Object.keys(config.orgs) : [chooseOrg(config, flags.org)[0]]
  const looking = { now: context.clock.now(), repair: flags.repair ?? false }
  const known: OrgStatus[] = []
  for (const alias of aliases) {
    try {
      const status = await orgStatus(config, alias, looking)
      known.push(status)
      console.event({ type: 'org-status', ...status })
      for (const line of statusLines(status, (runId) => resumeCommand(runId, flags))) console.data(line)
    } catch (error) {
      if (!CustodyError.isInstance(error)) throw error
      showError(error, console, { ...flags, org: alias })
    }
  }
  const overdue = known.reduce((sum, { windows }) => sum + windows.overdue, 0)
  const unsound = known.filter(({ ledger }) => ledger.state === 'findings').length
  const locked = aliases.length - known.length
  const lateErasures = known.reduce((sum, { erasures }) => sum + (erasures?.overdue ?? 0), 0)
  const found = overdue + unsound + lateErasures > 0
  const exitCode = locked > 0 ? exitCodes.locked : found ? exitCodes.findings : exitCodes.done
  console.event({
    type: 'status',
    orgs: known.length,
    overdue,
    overdueErasures: lateErasures,
    unsound,
    locked,
    exitCode,
  })
  if (overdue > 0) {
    const windows = overdue === 1 ? 'One window is overdue' : `${overdue} windows are overdue`
    console.warn(`${windows}. Archive what is due: ${command('archive --due', flags)}`)
  }
  if (lateErasures > 0) {
    const requests = lateErasures === 1 ? 'One deletion request is' : `${lateErasures} deletion requests are`
    console.warn(`${requests} overdue. See which: ${command('erase status', flags)}`)
  }
  return exitCode
}

function resumeCommand(runId: string, flags: StatusFlags): string {
  return command(`archive --resume ${runId}`, flags)
}

/** As it can be typed. */
function command(words: string, { config }: StatusFlags): string {
  return `custody ${words}${config === defaultConfigFile ? '' : ` --config ${shellWord(config)}`}`
}
