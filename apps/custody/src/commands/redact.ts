import { Command } from 'commander'
import type { CommandContext } from '../command-context.ts'
import { configFlag, flag, numberFlag, type TalkOptions, talkFlags } from '../flags.ts'

interface KeyFlags {
  readonly config: string
  readonly keyFile?: string
  readonly org?: string
  readonly tenant?: string
  readonly keyId?: string
}

/** The flags of `custody redact`, as typed. */
export interface RedactFlags extends TalkOptions, KeyFlags {
  readonly policy?: string
  readonly out?: string
  readonly columns?: string
  readonly format?: string
  readonly container?: string
  readonly formats?: string
  readonly people?: string
  readonly vault?: string
  readonly vaultKeyFile?: string
  readonly jobs?: number
}

/** The flags of `custody redact check`, as typed. */
export interface CheckFlags extends TalkOptions {
  readonly policy: string
  readonly threshold: string
  readonly perType?: number
  readonly seed?: string
  readonly sample?: string
  readonly originals?: boolean
  readonly people?: string
}

/** The flags of `custody redact explain`, as typed. */
export interface ExplainFlags extends TalkOptions, KeyFlags {
  readonly policy: string
  readonly column?: string
  readonly people?: string
}

/** The flags of `custody redact review`, as typed. */
export interface ReviewFlags extends TalkOptions {
  readonly threshold?: string
}

/** `custody redact`, alone and with `check`, `explain`, `review`. */
export function redactCommand(context: CommandContext): Command {
  const redact = new Command('redact')
    .description('Make a redacted copy of a file or of a plain archive; check, explain and review redaction.')
    // The flags of `check` and the others are theirs, whatever their names.
    .enablePositionalOptions()
    .argument('[file|archive]', 'CSV, JSON lines, plain text; or the folder or ZIP file of an archive')
    .addOption(policyFlag())
    .addOption(flag('--out <dir>', 'where the copy goes; nothing there is written over'))
    .addOption(flag('--columns <list>', 'of a CSV the columns, of JSON lines the keys to search; all if left out'))
    .addOption(flag('--format <name>', 'csv, jsonl or text, where the name of the file does not say it'))
    .addOption(flag('--container <kind>', 'of an archive: zip or folder'))
    .addOption(flag('--formats <list>', 'of an archive, what to write besides the master: csv'))
    .addOption(
      numberFlag(
        '--jobs <n>',
        'threads to work on; what comes out is the same (default: by the cores; 1: a single one)',
      ),
    )
    .addOption(peopleFlag())
    .addOption(flag('--vault <file>', 'where a policy with a vault keeps what stands behind pseudonyms, encrypted'))
    .addOption(flag('--vault-key-file <file>', 'the key of the vault: another one than that of the pseudonyms'))
  for (const option of [...keyFlags(), ...talkFlags()]) redact.addOption(option)
  redact.addHelpText(
    'after',
    '\nExample:\n  custody redact chats.csv --policy default --columns subject,message --key-file redaction.key --out shared',
  )
  for (const command of [checkCommand, explainCommand, reviewCommand]) redact.addCommand(command(context))
  return redact.action(async (path: string | undefined, flags: RedactFlags) => {
    if (path === undefined) return redact.help({ error: true })
    const { runRedactCommand } = await import('../redacting/run-redact-command.ts')
    context.end(await runRedactCommand(path, flags, context))
  })
}

function checkCommand(context: CommandContext): Command {
  const command = new Command('check')
    .description('Try a policy: made-up values of every type; on an archive, a rehearsal that writes nothing.')
    .argument('[archive]', 'a plain archive; its people are searched for again in the result')
    .addOption(policyFlag().default('default'))
    .addOption(
      flag('--threshold <share>', 'the least share of made-up values of each type to be found').default('0.99'),
    )
    .addOption(numberFlag('--per-type <n>', 'made-up values of each type, and findings of each in the sample'))
    .addOption(flag('--seed <text>', 'another seed gives other values and another sample'))
    .addOption(flag('--sample <file>', 'write a sample of the findings in the archive, for people to decide on'))
    .addOption(flag('--originals', 'show in the sample what was found: the file then holds personal data'))
    .addOption(peopleFlag())
  for (const option of talkFlags()) command.addOption(option)
  return command.action(async (archive: string | undefined, flags: CheckFlags) => {
    const { runCheck } = await import('../redacting/run-check.ts')
    context.end(await runCheck(archive, flags, context))
  })
}

function explainCommand(context: CommandContext): Command {
  const command = new Command('explain')
    .description('Say what would become of a text, by which rule; what is left alone, and why.')
    .argument('[text]', 'read from stdin if left out')
    .addOption(policyFlag().default('default'))
    .addOption(flag('--column <name>', 'what is known to stand before it, as the name of a column'))
    .addOption(peopleFlag())
  for (const option of [...keyFlags(), ...talkFlags()]) command.addOption(option)
  return command.action(async (text: string | undefined, flags: ExplainFlags) => {
    const { runExplain } = await import('../redacting/run-explain.ts')
    context.end(runExplain(text ?? (await readStdin()), flags, context))
  })
}

function reviewCommand(context: CommandContext): Command {
  const command = new Command('review')
    .description('Read a decided sample back: how often findings were right, by type, with intervals.')
    .argument('<decisions>', 'the CSV of `check --sample`, with right, wrong or unsure under decision')
    .addOption(flag('--threshold <share>', 'end with 4 when less of a type was right'))
  for (const option of talkFlags()) command.addOption(option)
  return command.action(async (decisions: string, flags: ReviewFlags) => {
    const { runReview } = await import('../redacting/run-review.ts')
    context.end(runReview(decisions, flags, context))
  })
}

async function readStdin(): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer)
  // The line end that a terminal or `echo` adds is not part of it.
  return Buffer.concat(chunks)
    .toString('utf8')
    .replace(/\r?\n$/, '')
}

function peopleFlag() {
  return flag('--people <file>', 'names, addresses, e-mails of the whole organisation, one a line')
}

function policyFlag() {
  return flag('--policy <policy>', 'a policy file, "default", or the name of a preset')
}

function keyFlags() {
  return [
    flag('--key-file <file>', 'the key behind pseudonyms: 64 hex digits, or any 32 bytes of text'),
    flag('--org <alias>', 'or the org of the configuration whose archive secret is the key'),
    flag('--tenant <name>', 'separates pseudonyms of organisations under one key (default: the org)'),
    flag('--key-id <name>', 'stands in each pseudonym; another one begins a new domain (default: k1)'),
    configFlag(),
  ]
}
