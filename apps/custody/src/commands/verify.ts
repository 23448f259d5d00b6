import { Command } from 'commander'
import type { CommandContext } from '../command-context.ts'
import { flag, numberFlag, type ObservingFlags, observingFlags, type TalkOptions, talkFlags } from '../flags.ts'

/** The flags of `custody verify`, as typed. */
export interface VerifyFlags extends TalkOptions, ObservingFlags {
  readonly files?: boolean
  readonly hashesOnly?: boolean
  readonly key?: string
  readonly authorities?: string
  readonly chain?: string
  readonly head?: string
  readonly first?: number
}

/** `custody verify`. */
export function verifyCommand(context: CommandContext): Command {
  const command = new Command('verify')
    .description('Check archives: every file, every hash, every count, the seal; nothing missing, nothing extra.')
    .argument('[archive...]', 'folders or ZIP files')
    .addOption(flag('--files', 'print a line for each file: = as listed, * changed, - missing, + extra, ! refused'))
    .addOption(flag('--hashes-only', 'check hashes and seal, and read no conversation: two to three times as fast'))
    .addOption(
      flag('--key <files>', 'public keys that are trusted, from elsewhere: the first one vouches for those after it'),
    )
    .addOption(flag('--authorities <file>', 'PEM certificates that timestamps are checked against'))
    .addOption(flag('--chain <dir>', 'check all archives of a directory, and that they are one chain without gap'))
    .addOption(flag('--head <sha256>', 'of the seal.txt that is known to be the last of the chain'))
  command.addOption(
    numberFlag('--first <n>', 'the first place of the chain that has to be there; earlier ones were disposed of'),
  )
  for (const option of [...observingFlags(), ...talkFlags()]) command.addOption(option)
  return command.action(async (archives: readonly string[], flags: VerifyFlags) => {
    const { observe } = await import('../observing/observe.ts')
    await observe({ command: 'verify', flags }, context)
    const { runVerifyCommand } = await import('../verifying/run-verify-command.ts')
    context.end(await runVerifyCommand(archives, flags, context))
  })
}
