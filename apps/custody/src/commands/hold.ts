import { Command } from 'commander'
import type { CommandContext } from '../command-context.ts'
import { flag } from '../flags.ts'
import { type ErasureFlags, operatorFlag, withErasureFlags } from './erase-flags.ts'

/** The flags of `custody hold add`, as typed. */
export interface HoldAddFlags extends ErasureFlags {
  readonly matter: string
  readonly ground: string
  readonly endUser?: readonly string[]
  readonly contact?: readonly string[]
  readonly conversation?: readonly string[]
  readonly from?: string
  readonly to?: string
  readonly everything?: boolean
  readonly expires?: string
  readonly operator: string
}

export interface HoldListFlags extends ErasureFlags {
  readonly all?: boolean
  readonly ids?: boolean
}

export interface HoldReleaseFlags extends ErasureFlags {
  readonly operator: string
  readonly on?: string
}

/** `custody hold`. */
export function holdCommand(context: CommandContext): Command {
  const hold = new Command('hold').description('What must not be erased, whoever asks: holds, and retention by law.')
  for (const command of [addCommand, listCommand, releaseCommand]) hold.addCommand(command(context))
  return hold
}

function addCommand(context: CommandContext): Command {
  const add = new Command('add')
    .description('Place a hold on a person, conversations, a window of time, or everything.')
    .argument('<id>', 'what it is called; kept for good, so no name')
    .addOption(flag('--matter <id>', 'the matter it is for; no name').makeOptionMandatory())
    .addOption(flag('--ground <ground>', 'legal-hold or statutory-retention').default('legal-hold'))
    .addOption(flag('--end-user <ids...>', 'of these messaging end users'))
    .addOption(flag('--contact <ids...>', 'of these contacts'))
    .addOption(flag('--conversation <ids...>', 'of these ConversationIdentifiers'))
    .addOption(flag('--from <day>', 'of conversations from this day on (UTC)'))
    .addOption(flag('--to <day>', 'and before this one'))
    .addOption(flag('--everything', 'of all there is'))
    .addOption(flag('--expires <day>', 'the first day on which it holds no more (default: until released)'))
    .addOption(operatorFlag('who places it'))
  return withErasureFlags(add).action(async (id: string, flags: HoldAddFlags) => {
    const { addHold } = await import('../erasing/holds.ts')
    await addHold(id, flags, context)
  })
}

function listCommand(context: CommandContext): Command {
  const list = new Command('list')
    .description('Say what is held, for which matter, and by whom.')
    .addOption(flag('--all', 'those too that are over or released'))
    .addOption(flag('--ids', 'with the ids they hold'))
  return withErasureFlags(list).action(async (flags: HoldListFlags) => {
    const { listHolds } = await import('../erasing/holds.ts')
    await listHolds(flags, context)
  })
}

function releaseCommand(context: CommandContext): Command {
  const release = new Command('release')
    .description('End a hold. With erasure.twoPersonRule two operators have to say so; until then it holds.')
    .argument('<id>', 'which one')
    .addOption(flag('--on <day>', 'not now, but on this day'))
    .addOption(operatorFlag('who releases it'))
  return withErasureFlags(release).action(async (id: string, flags: HoldReleaseFlags) => {
    const { releaseHold } = await import('../erasing/holds.ts')
    await releaseHold(id, flags, context)
  })
}
