import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import type { Org } from '@custody/emulator'
import { usageError } from '@custody/pipeline'
import { Command } from 'commander'
import type { CommandContext } from '../command-context.ts'
import type { Console } from '../console.ts'
import { assertNewFolder, writeTrialFolder } from '../emulating/trial-folder.ts'
import { flag, numberFlag, type TalkOptions, talkFlags } from '../flags.ts'

interface EmulatorFlags extends TalkOptions {
  readonly scenario: string
  readonly port: number
  readonly conversations: number
  readonly month?: string
  readonly seed: number
  readonly entriesPerMinute?: number
  readonly into?: string
}

/** `custody emulator`: the simulated org as a server of its own. */
export function emulatorCommand(context: CommandContext): Command {
  const command = new Command('emulator')
    .description('Run the simulated org on 127.0.0.1 until Ctrl-C, and print a configuration that reaches it.')
    .addOption(flag('--scenario <scenario>', 'what goes wrong: a built-in name or a YAML file').default('calm'))
    .addOption(numberFlag('--port <n>', 'the port; 0 takes a free one').default(0))
    .addOption(numberFlag('--conversations <n>', 'how many conversations the org holds').default(60))
    .addOption(flag('--month <month>', 'the month they lie in, such as 2026-10 (default: last month)'))
    .addOption(numberFlag('--seed <n>', 'the same seed gives the same org').default(1))
    .addOption(numberFlag('--entries-per-minute <n>', 'entry requests per execution user (default: 90)'))
    .addOption(flag('--into <dir>', 'write configuration, environment and a deletion request for it into a new folder'))
  for (const option of talkFlags()) command.addOption(option)
  return command.action((flags: EmulatorFlags) => runEmulator(flags, context))
}

async function runEmulator(flags: EmulatorFlags, context: CommandContext): Promise<void> {
  const { loadScenario, scenarios, startEmulator } = await import('@custody/emulator')
  const { oneOf } = await import('../config/effective.ts')
  const console = context.console(flags)
  const { entriesPerMinute, into } = flags
  if (into !== undefined) await assertNewFolder(into)
  const org = await startEmulator({
    seed: flags.seed,
    conversations: flags.conversations,
    port: flags.port,
    scenario: /\.ya?ml$/.test(flags.scenario)
      ? loadScenario(readScenario(flags.scenario))
      : scenarios[oneOf(flags.scenario, Object.keys(scenarios), '--scenario')],
    ...(flags.month !== undefined && { month: flags.month }),
    ...(entriesPerMinute !== undefined && { limits: { entriesPerMinute } }),
  })
  try {
    console.event({ type: 'emulator-start', url: org.url, window: org.window })
    if (into === undefined) printSetup(org, entriesPerMinute, console)
    else {
      await writeTrialFolder(into, org, configFor(org.url, entriesPerMinute))
      console.talk(`The simulated org listens at ${org.url}; Ctrl-C ends it. In another terminal:`)
      console.data(`cd ${into} && . ./environment`)
    }
    if (!context.signal.aborted) await once(context.signal, 'abort')
  } finally {
    await org.close()
  }
}

function printSetup({ url, credentials, window }: Org, entriesPerMinute: number | undefined, console: Console): void {
  console.talk(`The simulated org listens at ${url}; Ctrl-C ends it. Put this into custody.config.yaml:`)
  console.data(configFor(url, entriesPerMinute))
  console.talk('and these into the environment of custody:')
  console.data(`# export DEMO_CLIENT_ID=${credentials.clientId}`)
  console.data(`# export DEMO_CLIENT_SECRET=${credentials.clientSecret}`)
  console.data('# export DEMO_ARCHIVE_SECRET=$(openssl rand -hex 32)')
  console.data(`# custody archive --from ${window.from} --to ${window.to} --redact default --witness data360`)
}

// Printed as data so that it can be piped into a file; the comments are valid YAML too.
function configFor(url: string, entriesPerMinute: number | undefined): string {
  return [
    'version: 1',
    'orgs:',
    '  demo:',
    `    loginUrl: ${url}`,
    '    auth:',
    '      flow: client-credentials',
    '      users:',
    '        - name: archive-1',
    '          clientId: { env: DEMO_CLIENT_ID }',
    '          clientSecret: { env: DEMO_CLIENT_SECRET }',
    '    archiveSecret: { env: DEMO_ARCHIVE_SECRET }',
    '    data360: { api: v3 }',
    ...(entriesPerMinute === undefined ? [] : [`    limits: { entriesPerMinute: ${entriesPerMinute} }`]),
  ].join('\n')
}

function readScenario(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw usageError(
      'SCENARIO_UNREADABLE',
      `The scenario ${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'}).`,
      'Check the path, or name a built-in scenario.',
    )
  }
}
