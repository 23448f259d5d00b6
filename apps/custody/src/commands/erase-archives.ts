import { Command } from 'commander'
import type { CommandContext } from '../command-context.ts'
import { flag } from '../flags.ts'
import { type ErasureFlags, operatorFlag, withErasureFlags } from './erase-flags.ts'

/** The flags of `custody erase archives`, as typed. */
export interface EraseArchivesFlags extends ErasureFlags {
  readonly reference: string
  readonly basis: string
  readonly operator: string
  readonly withShared?: boolean
  readonly plan?: boolean
}

/** `custody erase archives`. */
export function eraseArchivesCommand(context: CommandContext): Command {
  const archives = new Command('archives')
    .description(
      'Remove the conversations of an approved request from all archives under a folder, plain or redacted. What is on hold stays.',
    )
    .argument('<dir>', 'a folder with archives, in it or in folders below it')
    .addOption(flag('--reference <id>', 'of which request; it may be closed').makeOptionMandatory())
    .addOption(flag('--basis <code>', 'why, as a code that stays in the archives: gdpr-17-1-b').makeOptionMandatory())
    .addOption(operatorFlag('who erases'))
    .addOption(flag('--with-shared', 'also conversations that somebody else had a part in: their words go too'))
    .addOption(flag('--plan', 'say what would go and what would stay, and change nothing'))
  withErasureFlags(archives)
  return archives.action(async (directory: string, flags: EraseArchivesFlags) => {
    const { eraseInArchives } = await import('../erasing/erase-in-archives.ts')
    await eraseInArchives(directory, flags, context)
  })
}
