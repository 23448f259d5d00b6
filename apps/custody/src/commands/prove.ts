import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CustodyError } from '@custody/pipeline'
import { Command } from 'commander'
import type { CommandContext } from '../command-context.ts'
import { configFlag, flag, type TalkOptions, talkFlags } from '../flags.ts'

interface ProveFlags extends TalkOptions {
  readonly conversation: string
  readonly out: string
  readonly config: string
}

/** `custody prove`. */
export function proveCommand(context: CommandContext): Command {
  const command = new Command('prove')
    .description('Take one conversation out of a sealed archive, with a proof that tells nothing about the others.')
    .argument('<archive>', 'a folder or ZIP file')
    .addOption(flag('--conversation <id>', 'its ConversationIdentifier').makeOptionMandatory())
    .addOption(flag('--out <dir>', 'a new folder for the proof').default('./proof'))
    .addOption(configFlag())
    .addHelpText('after', '\nWhoever is given the folder checks it with: custody verify-proof DIR --key FILE')
  for (const option of talkFlags()) command.addOption(option)
  return command.action((archive: string, flags: ProveFlags) => proveConversation(archive, flags, context))
}

async function proveConversation(archive: string, flags: ProveFlags, context: CommandContext): Promise<void> {
  const { prove } = await import('@custody/archive')
  const { noteInAuditLog } = await import('../sealing/note-in-audit-log.ts')
  const console = context.console(flags)
  const { index, files } = await prove(archive, flags.conversation)
  await mkdir(flags.out).catch((cause: NodeJS.ErrnoException) => {
    throw new CustodyError('PROOF_FOLDER', `The folder ${flags.out} cannot be made (${cause.code ?? 'unknown'}).`, {
      kind: 'refused',
      cause,
      actions: ['Name a folder that is not there yet: --out DIR'],
    })
  })
  try {
    // On record first: what cannot be noted is not handed out.
    await noteInAuditLog(archive, 'disclosure.created', { index }, flags.config, context, console)
    for (const [name, bytes] of files) await writeFile(join(flags.out, name), bytes, { flag: 'wx' })
  } catch (error) {
    await rm(flags.out, { recursive: true, force: true })
    throw error
  }
  console.event({ type: 'proof-created', archive, index, folder: flags.out })
  console.data(flags.out)
  console.talk(`Check it with: custody verify-proof ${flags.out} --key FILE`)
}
