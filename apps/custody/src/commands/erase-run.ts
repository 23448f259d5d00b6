import { Command } from 'commander'
import type { CommandContext } from '../command-context.ts'
import { flag } from '../flags.ts'
import { type ErasureFlags, withErasureFlags } from './erase-flags.ts'

/** The flags of `custody erase run`, as typed. */
export interface EraseRunFlags extends ErasureFlags {
  readonly all?: boolean
  readonly watch?: boolean
}

export interface EraseConfirmFlags extends ErasureFlags {
  readonly watch?: boolean
}

const runHelp = `
Only what stands in an approved plan is deleted, ten records an hour for each execution user at most. Holds and open
sessions are looked at again before each one. It may be stopped at any time, and goes on where it stopped.
What Salesforce has accepted is not yet erased: custody erase confirm reads it back.`

/** `custody erase run`. */
export function eraseRunCommand(context: CommandContext): Command {
  const run = new Command('run')
    .description('Delete what approved plans say, within the limits of Salesforce.')
    .argument('[reference]', 'which request')
    .addOption(flag('--all', 'every request whose plan is approved'))
    .addOption(flag('--watch', 'go on until all of it is confirmed or has failed; it may take days'))
    .addHelpText('after', runHelp)
  withErasureFlags(run)
  return run.action(async (reference: string | undefined, flags: EraseRunFlags) => {
    const { runErasures } = await import('../erasing/run-erasures.ts')
    await runErasures(reference, flags, context)
  })
}

/** `custody erase confirm`. */
export function eraseConfirmCommand(context: CommandContext): Command {
  const confirm = new Command('confirm')
    .description('Read back what was deleted, through every source, each beside a record that must be found.')
    .argument('[reference]', 'only this request')
    .addOption(flag('--watch', 'look again every quarter of an hour until nothing is awaited'))
  withErasureFlags(confirm)
  return confirm.action(async (reference: string | undefined, flags: EraseConfirmFlags) => {
    const { confirmErasures } = await import('../erasing/confirm-erasures.ts')
    await confirmErasures(reference, flags, context)
  })
}
