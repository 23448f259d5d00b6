import { accessSync, constants, existsSync } from 'node:fs'
import { mkdir, rename, writeFile } from 'node:fs/promises'
import { delimiter, dirname, join } from 'node:path'
import { CustodyError } from '@custody/pipeline'
import type { CommandContext } from '../command-context.ts'
import type { InitFlags } from '../commands/init.ts'
import { loadConfig, parseConfig } from '../config/load.ts'
import { type Answers, answersMissing, answersOf, needsUsername, withDefaults } from './answers.ts'
import { askFor } from './ask.ts'
import { configText, envExampleText } from './config-text.ts'
import { ignoreSecrets } from './ignore-secrets.ts'
import { type Prompts, terminalPrompts } from './prompts.ts'
import { chooseKnownOrg, type KnownOrg, knownOrgs, type RunCommand } from './salesforce-cli.ts'

/** What the command needs of the world besides its context. */
export interface InitWorld {
  /** Null where there is no terminal. */
  readonly prompts: () => Promise<Prompts | null>
  readonly runCommand?: RunCommand
  /** Whether a program is installed. */
  readonly isInstalled: (program: string) => boolean
}

/** Runs `custody init`: asks, writes a configuration that is known to be valid, says what comes next. */
export async function runInitCommand(
  flags: InitFlags,
  context: CommandContext,
  world: InitWorld = realWorld(context),
): Promise<void> {
  const console = context.console(flags)
  const { config: file } = flags
  const envExample = join(dirname(file), '.env.example')
  if (!flags.force) assertFree([file, envExample])

  const answers = await answer(flags, world)
  const text = configText(answers)
  // Before it is written, so that no broken file is left behind.
  parseConfig(text, file)
  await mkdir(dirname(file), { recursive: true })
  await replace(file, text)
  await replace(envExample, envExampleText(answers))
  const ignored = await ignoreSecrets(dirname(file))
  loadConfig(file)

  console.event({ type: 'init-end', org: answers.alias, config: file, envExample, ignored })
  console.data(file)
  console.data(envExample)
  if (ignored.length > 0) console.talk(`Added to .gitignore: ${ignored.join(', ')}`)
  console.talk(`${file} is written and valid. Next:`)
  for (const line of nextCommands(flags, answers)) console.talk(`  ${line}`)
}

/** From flags alone, by `--yes` with defaults, or by asking. */
async function answer(flags: InitFlags, world: InitWorld): Promise<Answers> {
  const run = world.runCommand
  const given = answersOf(flags)
  const org =
    flags.fromSf === undefined
      ? null
      : chooseKnownOrg(await knownOrgs(run), typeof flags.fromSf === 'string' ? flags.fromSf : null)
  const known: Partial<Answers> = { ...org, ...given }
  if (flags.yes) return withDefaults(known)
  const missing = missingFlags(known)
  if (missing.length === 0) return withDefaults(known)
  const prompts = await world.prompts()
  if (prompts === null) throw answersMissing(missing)
  return await askFor(known, prompts, () => offered(world))
}

/** The orgs to choose from; none where the Salesforce CLI is not there or does not answer: it is an offer, nothing more. */
async function offered(world: InitWorld): Promise<readonly KnownOrg[]> {
  if (!world.isInstalled('sf')) return []
  return await knownOrgs(world.runCommand).catch(() => [])
}

function missingFlags(given: Partial<Answers>): readonly string[] {
  const flags: Readonly<Record<string, unknown>> = {
    '--login-url': given.loginUrl,
    '--org': given.alias,
    '--flow': given.flow,
    '--redact': given.redaction,
    '--seal or --no-seal': given.seal,
    ...(given.flow !== undefined && needsUsername(given.flow) && { '--username': given.username }),
  }
  return Object.keys(flags).filter((flag) => flags[flag] === undefined)
}

function assertFree(files: readonly string[]): void {
  const there = files.filter((file) => existsSync(file))
  if (there.length === 0) return
  throw new CustodyError('INIT_EXISTS', `${there.join(' and ')} ${there.length === 1 ? 'is' : 'are'} there already.`, {
    kind: 'refused',
    actions: ['Name another file with --config FILE, or replace what is there with --force.'],
  })
}

/** Whole or not at all. */
async function replace(file: string, text: string): Promise<void> {
  try {
    await writeFile(`${file}.partial`, text)
    await rename(`${file}.partial`, file)
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown'
    throw new CustodyError('INIT_NOT_WRITTEN', `${file} cannot be written (${code}).`, {
      cause,
      actions: ['Check the folder and its permissions, or name another file with --config FILE.'],
    })
  }
}

function nextCommands({ config }: InitFlags, { flow, alias, seal }: Answers): readonly string[] {
  const folder = dirname(config)
  const at = (name: string): string => (folder === '.' ? name : join(folder, name))
  const named = config === 'custody.config.yaml' ? '' : ` --config ${config}`
  const files = { 'jwt-bearer': `${alias}-jwt.pem`, 'refresh-token': `${alias}-refresh-token` }
  const secret = flow === 'jwt-bearer' || flow === 'refresh-token' ? files[flow] : null
  return [
    `cp ${at('.env.example')} ${at('.env')}   # then fill it in`,
    `set -a; . ${folder === '.' ? './.env' : at('.env')}; set +a`,
    ...(secret === null ? [] : [`mkdir -m 700 -p .custody   # and put .custody/${secret} there, with mode 600`]),
    ...(seal ? [`custody keys init${named}`] : []),
    `custody doctor${named}`,
    `custody archive${named} --from 2026-10-01 --to 2026-11-01 --plan`,
  ]
}

function realWorld({ stderr, env, signal }: CommandContext): InitWorld {
  const isTerminal = process.stdin.isTTY === true && stderr.isTTY === true
  return {
    prompts: async () => (isTerminal ? await terminalPrompts(signal) : null),
    isInstalled: (program) =>
      (env['PATH'] ?? '').split(delimiter).some((folder) => folder !== '' && isExecutable(join(folder, program))),
  }
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
