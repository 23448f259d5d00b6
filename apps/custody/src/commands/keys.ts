import { Command } from 'commander'
import type { CommandContext } from '../command-context.ts'
import { configFlag, flag, type TalkOptions, talkFlags } from '../flags.ts'

/** Flags of every `custody keys` command, as typed. */
export interface KeysFlags extends TalkOptions {
  readonly config: string
  readonly keys?: string
  readonly newChain?: boolean
  readonly private?: boolean
  readonly fingerprint?: string
  readonly origin?: string
}

/** `custody keys`: the key that seals archives. */
export function keysCommand(context: CommandContext): Command {
  const keys = new Command('keys').description('The key that seals archives: make, list, rotate, export it.')
  const add = (name: 'init' | 'list' | 'rotate' | 'export', description: string): Command => {
    const command = new Command(name)
      .description(description)
      .addOption(
        flag('--keys <dir>', 'the key directory (default: seal.keys of the configuration, or ./.custody/keys)'),
      )
      .addOption(configFlag())
    keys.addCommand(command)
    return command.action(async (flags: KeysFlags) => {
      const { runKeysCommand } = await import('../sealing/run-keys-command.ts')
      await runKeysCommand(name, flags, context)
    })
  }
  const withTalk = (command: Command): void => {
    for (const option of talkFlags()) command.addOption(option)
  }
  withTalk(
    add('init', 'Make a key. Never in place of another one.').addOption(
      flag('--new-chain', 'the key before is lost for good: begin a new chain, and say so in it'),
    ),
  )
  withTalk(add('list', 'Say which keys sealed when, and what is wrong with the directory.'))
  withTalk(add('rotate', 'Make a new key, to which the old one hands over.'))
  withTalk(
    add('export', 'Print a public key, for those who verify; or a backup of the private one.')
      .addOption(flag('--fingerprint <sha256>', 'of an earlier key'))
      .addOption(flag('--origin <name>', 'print a C2SP verifier key too'))
      .addOption(flag('--private', 'print the private key, encrypted with the passphrase')),
  )
  return keys
}
