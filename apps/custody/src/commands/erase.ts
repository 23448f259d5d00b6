import { Command } from 'commander'
import type { CommandContext } from '../command-context.ts'
import { eraseArchiveCommand } from './erase-archive.ts'
import { eraseArchivesCommand } from './erase-archives.ts'
import { eraseApproveCommand, eraseFindCommand, erasePlanCommand } from './erase-decide.ts'
import { eraseMaskCommand } from './erase-mask.ts'
import { eraseReportCommand } from './erase-report.ts'
import {
  eraseAddCommand,
  eraseExtendCommand,
  eraseRegisterCommand,
  eraseStatusCommand,
  eraseWithdrawCommand,
} from './erase-requests.ts'
import { eraseConfirmCommand, eraseRunCommand } from './erase-run.ts'

/** `custody erase`: deletion requests, from the first word to the report. */
export function eraseCommand(context: CommandContext): Command {
  const erase = new Command('erase').description('Erase what has to go: requests found, planned, approved, confirmed.')
  for (const command of [
    eraseAddCommand,
    eraseFindCommand,
    erasePlanCommand,
    eraseApproveCommand,
    eraseStatusCommand,
    eraseRegisterCommand,
    eraseWithdrawCommand,
    eraseExtendCommand,
    eraseRunCommand,
    eraseConfirmCommand,
    eraseMaskCommand,
    eraseReportCommand,
    eraseArchivesCommand,
    eraseArchiveCommand,
  ]) {
    erase.addCommand(command(context))
  }
  return erase
}
