import { usageError } from '@custody/pipeline'
import type { Schedule } from './schedule.ts'
import { checkZoneName } from './zone-name.ts'

/** Where a run is started from. */
export const schedulerKinds = ['cron', 'systemd', 'github-actions', 'kubernetes'] as const

/** A scheduler that a definition can be written for. */
export type SchedulerKind = (typeof schedulerKinds)[number]

/** What a definition says. All of it may be read by anybody: secrets are named, never given. */
export interface SchedulerDefinitionOptions {
  readonly schedule: Schedule
  /**
   * The program and its arguments, all of them: `['/usr/local/bin/custody', 'archive', '--due']`. It is started without a shell, or quoted for one. For
   * `cron` and `systemd` by its absolute path, since their search paths are short.
   */
  readonly command: readonly [program: string, ...args: string[]]
  /** Absolute. Relative paths of the configuration begin here; for `kubernetes` a volume is mounted here. */
  readonly workingDirectory: string
  /** Of the files, the unit, the workflow or the CronJob: lower case letters, digits and dashes, at most 52. */
  readonly name: string
  /** Absolute; its lines are `NAME='value'`. Not for `kubernetes`. */
  readonly environmentFile?: string
  /** The Secret whose keys are environment variables. For `kubernetes` alone. */
  readonly secretName?: string
  /**
   * The environment variables that hold secrets. `github-actions`: each is the secret of its name. `kubernetes`: each is the key of its
   * name in the Secret `secretName`; default all keys. Not for `cron` and `systemd`.
   */
  readonly secretVariables?: readonly string[]
  /** The container image. For `kubernetes` alone, and needed there. */
  readonly image?: string
}

const notFor: Readonly<Record<SchedulerKind, readonly (keyof SchedulerDefinitionOptions)[]>> = {
  cron: ['secretName', 'secretVariables', 'image'],
  systemd: ['secretName', 'secretVariables', 'image'],
  'github-actions': ['secretName', 'image'],
  kubernetes: ['environmentFile'],
}

/** What a definition needs of the scheduler it is for, beyond what all refuse. */
interface KindRule {
  readonly what: string
  readonly refused: RegExp
  readonly of: readonly ('command' | 'program' | 'workingDirectory' | 'environmentFile')[]
}

const kindRules: Readonly<Record<SchedulerKind, readonly KindRule[]>> = {
  cron: [{ what: 'a colon, which parts the search path', refused: /:/, of: ['program'] }],
  systemd: [
    { what: 'a colon, which parts the search path', refused: /:/, of: ['program'] },
    { what: 'a quote or a dollar sign, which systemd does not take there', refused: /["'$]/, of: ['program'] },
    { what: 'a wildcard, which systemd expands', refused: /[*?[]/, of: ['environmentFile'] },
  ],
  'github-actions': [
    {
      what: '${{, which begins an expression of GitHub',
      refused: /\$\{\{/,
      of: ['command', 'program', 'workingDirectory', 'environmentFile'],
    },
  ],
  kubernetes: [{ what: 'a colon, which a mount path may not hold', refused: /:/, of: ['workingDirectory'] }],
}

/** @throws CustodyError `SCHEDULE_DEFINITION` for a value that is missing, of no use, or not safe to write into the definition */
export function checkDefinitionOptions(kind: SchedulerKind, options: SchedulerDefinitionOptions): void {
  const useless = notFor[kind].find((name) => options[name] !== undefined)
  if (useless !== undefined) throw refused(useless, `is of no use for ${kind}`)
  checkZoneName(options.schedule.timeZone)
  const { command, workingDirectory, name, environmentFile, secretName, secretVariables = [], image } = options

  checkForm('name', name, /^[a-z](?:[a-z0-9-]{0,50}[a-z0-9])?$/, 'lower case letters, digits and dashes, at most 52')
  checkPath('workingDirectory', workingDirectory)
  if (environmentFile !== undefined) checkPath('environmentFile', environmentFile)

  const [program, ...args] = command
  if (program === undefined) throw refused('command', 'is empty')
  for (const word of command) checkText('command', word)
  if (kind === 'cron' || kind === 'systemd') checkPath('command', program)

  // GitHub keeps the prefix to itself.
  const variableForm = kind === 'github-actions' ? /^(?!GITHUB_)[A-Z_a-z]\w{0,99}$/i : /^[A-Z_a-z]\w{0,99}$/
  for (const variable of secretVariables) checkForm('secretVariables', variable, variableForm, 'NAMES_LIKE_THIS')
  if (secretName !== undefined)
    checkForm(
      'secretName',
      secretName,
      /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/,
      'lower case letters, digits, dashes',
    )
  if (image !== undefined) checkForm('image', image, /^[\w][\w./:@-]{0,499}$/, 'an image reference')
  if (kind === 'kubernetes' && image === undefined) throw refused('image', 'is missing')
  if (kind === 'kubernetes' && secretVariables.length > 0 && secretName === undefined)
    throw refused('secretName', 'is missing: secretVariables are keys of it')

  const values = {
    program: [program],
    command: args,
    workingDirectory: [workingDirectory],
    environmentFile: [environmentFile ?? ''],
  }
  for (const { what, refused: pattern, of } of kindRules[kind])
    for (const field of of)
      if (values[field].some((value) => pattern.test(value)))
        throw refused(field === 'program' ? 'command' : field, `holds ${what}`)
}

function checkPath(option: keyof SchedulerDefinitionOptions, path: string): void {
  checkText(option, path)
  if (!path.startsWith('/')) throw refused(option, 'is no absolute path')
  if (path !== path.trim()) throw refused(option, 'ends with a blank')
  if (path === '/' || path.split('/').includes('..')) throw refused(option, 'is the root, or leads out of itself')
}

/** Control and invisible characters, line breaks, lone surrogates, and the backslash, of which each format makes something else. */
const unsafe = /[\p{C}\p{Zl}\p{Zp}\\]/u

function checkText(option: keyof SchedulerDefinitionOptions, text: unknown): void {
  if (typeof text !== 'string' || text === '' || text.length > 4096)
    throw refused(option, 'is no text of 1 to 4,096 characters')
  if (unsafe.test(text)) throw refused(option, 'holds a line break, a backslash, or a control or invisible character')
}

function checkForm(option: keyof SchedulerDefinitionOptions, text: unknown, form: RegExp, shape: string): void {
  if (typeof text !== 'string' || !form.test(text)) throw refused(option, `is not in its form: ${shape}`)
}

// Never the value: it could be a secret that went to the wrong place.
export function refused(option: keyof SchedulerDefinitionOptions | 'kind', why: string): Error {
  return usageError(
    'SCHEDULE_DEFINITION',
    `The option ${option} of the scheduler's definition ${why}.`,
    'Correct it, or write the definition by hand: any scheduler that runs custody archive --due more often than windows become due will do.',
  )
}
