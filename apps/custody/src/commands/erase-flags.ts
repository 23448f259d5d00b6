import type { Command, Option } from 'commander'
import { configFlag, flag, type TalkOptions, talkFlags } from '../flags.ts'

/** The flags that every command about erasures has, as typed. */
export interface ErasureFlags extends TalkOptions {
  readonly config: string
  readonly org?: string
}

/** The command with these flags behind its own. */
export function withErasureFlags(command: Command): Command {
  command.addOption(flag('--org <alias>', 'which org of the configuration, if it has several')).addOption(configFlag())
  for (const option of talkFlags()) command.addOption(option)
  return command
}

export function operatorFlag(what: string): Option {
  return flag('--operator <id>', `${what}, by id; no name`).makeOptionMandatory()
}
