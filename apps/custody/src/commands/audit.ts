import { Command } from 'commander'
import type { CommandContext } from '../command-context.ts'
import { configFlag, flag, type TalkOptions, talkFlags } from '../flags.ts'

/** The flags of `custody audit restore`, as typed. */
export interface AuditRestoreFlags extends TalkOptions {
  readonly org?: string
  readonly archives?: string
  readonly config: string
}

/** `custody audit`. */
export function auditCommand(context: CommandContext): Command {
  const audit = new Command('audit').description('The audit log of an org.')
  const restore = new Command('restore')
    .description('Make a lost audit log again from the parts that the archives hold. Never in place of another one.')
    .addOption(flag('--org <alias>', 'which org of the configuration; may be left out when there is one'))
    .addOption(flag('--archives <dir>', 'where all archives of the chain stand (default: archive.directory)'))
    .addOption(configFlag())
  for (const option of talkFlags()) restore.addOption(option)
  audit.addCommand(
    restore.action(async (flags: AuditRestoreFlags) => {
      const { restoreLog } = await import('../sealing/restore-log.ts')
      await restoreLog(flags, context)
    }),
  )
  return audit
}
