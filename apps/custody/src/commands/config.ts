import { Command } from 'commander'
import type { CommandContext } from '../command-context.ts'
import type { ArchiveOverrides } from '../config/effective.ts'
import type { Config } from '../config/schema.ts'
import { archiveFlags, configFlag, flag } from '../flags.ts'

/** `custody config check|schema|show`. */
export function configCommand(context: CommandContext): Command {
  const command = new Command('config').description('Check and show the configuration.')
  const debug = flag('--debug', 'print stack traces of errors')

  command
    .command('check')
    .description('Check the configuration file, and that each secret it names can be read.')
    .addOption(configFlag())
    .addOption(debug)
    .action(async ({ config: file }: { config: string }) => {
      const { loadConfig } = await import('../config/load.ts')
      const config = loadConfig(file)
      await checkSecrets(config, context.env)
      context.console({}).data(`${file} is valid: ${describeOrgs(config)}.`)
    })

  command
    .command('schema')
    .description('Print the JSON Schema of the configuration, for editors.')
    .action(async () => {
      const { configJsonSchema } = await import('../config/load.ts')
      context.console({}).data(JSON.stringify(configJsonSchema(), null, 2))
    })

  const show = command
    .command('show')
    .description('Print the effective configuration as YAML. Secrets are shown by their place, never by value.')
    .addOption(configFlag())
    .addOption(debug)
    .action(async ({ config: file, ...overrides }: { config: string } & ArchiveOverrides) => {
      const { stringify } = await import('yaml')
      const { loadConfig } = await import('../config/load.ts')
      const { effectiveArchive } = await import('../config/effective.ts')
      const config = loadConfig(file)
      const effective = { ...config, archive: effectiveArchive(config.archive, overrides) }
      context.console({}).data(stringify(effective, { aliasDuplicateObjects: false }).trimEnd())
    })
  for (const option of archiveFlags()) show.addOption(option)

  return command
}

async function checkSecrets({ orgs, seal }: Config, env: NodeJS.ProcessEnv): Promise<void> {
  const { grantsOf } = await import('../archive-job/grants.ts')
  const { readKey, readSecret } = await import('../config/secret.ts')
  if (seal?.passphrase) readSecret(seal.passphrase, 'seal.passphrase', env)
  for (const [alias, org] of Object.entries(orgs)) {
    grantsOf(alias, org, env)
    if (org.archiveSecret) readKey(org.archiveSecret, `orgs.${alias}.archiveSecret`, env)
  }
}

function describeOrgs({ orgs }: Config): string {
  const aliases = Object.keys(orgs)
  return aliases.length === 1 ? `one org, ${aliases[0]}` : `${aliases.length} orgs, ${aliases.join(', ')}`
}
