import { Command } from 'commander'
import type { CommandContext } from '../command-context.ts'
import { configFlag, flag, type TalkOptions, talkFlags } from '../flags.ts'

/** The flags of `custody erase archive`, as typed. */
export interface EraseArchiveFlags extends TalkOptions {
  readonly record: string
  readonly basis: string
  readonly reference?: string
  readonly operator: string
  readonly plan?: boolean
  readonly config: string
}

/** `custody erase archive`. */
export function eraseArchiveCommand(context: CommandContext): Command {
  const archive = new Command('archive')
    .description('Erase conversations inside one archive. What stays still verifies; what went is on record.')
    .argument('<archive>', 'a folder or ZIP file; it is replaced by one without them')
    .addOption(flag('--record <ids>', 'ConversationIdentifiers, separated by commas').makeOptionMandatory())
    .addOption(flag('--basis <code>', 'why, as a code that stays in the archive: gdpr-17-1-b').makeOptionMandatory())
    .addOption(flag('--reference <id>', 'what the request is called elsewhere; no name'))
    .addOption(flag('--operator <id>', 'who erases, by id; no name').makeOptionMandatory())
    .addOption(flag('--plan', 'say what would go, and change nothing'))
    .addOption(configFlag())
  for (const option of talkFlags()) archive.addOption(option)
  return archive.action(async (path: string, flags: EraseArchiveFlags) => {
    const { eraseInArchive } = await import('../sealing/erase-in-archive.ts')
    await eraseInArchive(path, flags, context)
  })
}
