import type { Option } from 'commander'
import { configFlag, flag, type TalkOptions, talkFlags } from '../flags.ts'

/** The flags that every command about erasures has, as typed. */
export interface ErasureFlags extends TalkOptions {
  readonly config: string
  readonly org?: string
}

export function erasureFlags(): readonly Option[] {
  return [flag('--org <alias>', 'which org of the configuration, if it has several'), configFlag(), ...talkFlags()]
}

export function operatorFlag(what: string): Option {
  return flag('--operator <id>', `${what}, by id; no name`).makeOptionMandatory()
}
