import { Command } from 'commander'
import type { CommandContext } from '../command-context.ts'
import { flag } from '../flags.ts'
import { type ErasureFlags, withErasureFlags } from './erase-flags.ts'

/** The flags of `custody erase report`, as typed. */
export interface EraseReportFlags extends ErasureFlags {
  readonly all?: boolean
  readonly out: string
  readonly close?: boolean
  readonly operator?: string
  readonly unsigned?: boolean
}

/** `custody erase report`. */
export function eraseReportCommand(context: CommandContext): Command {
  const report = new Command('report')
    .description(
      'Write what was asked, found, erased, withheld and not proven, as JSON, CSV and a page to print, each signed. It names no person.',
    )
    .argument('[reference]', 'of this request')
    .addOption(flag('--all', 'of all requests, overdue ones first'))
    .addOption(flag('--out <dir>', 'where the files go; none is ever overwritten').makeOptionMandatory())
    .addOption(flag('--close', 'first close the requests that have their end: what names the person goes for good'))
    .addOption(flag('--operator <id>', 'who closes, by id; no name'))
    .addOption(flag('--unsigned', 'without signatures, where no key is configured'))
  withErasureFlags(report)
  return report.action(async (reference: string | undefined, flags: EraseReportFlags) => {
    const { writeErasureReport } = await import('../erasing/write-report.ts')
    await writeErasureReport(reference, flags, context)
  })
}
