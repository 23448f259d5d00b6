import { usageError } from '@custody/pipeline'
import { Option } from 'commander'
import { containerNames, defaultConfigFile, formatNames } from './config/choices.ts'

/**
 * A flag with its environment twin: `--allow-empty` is `CUSTODY_ALLOW_EMPTY`. A twin of a flag without a value is off when it
 * is empty, `0`, `false` or `no`.
 */
export function flag(flags: string, description: string): Option {
  const option = new Option(flags, description)
  const twin = twinOf(option.name())
  // Commander reads the environment itself, and takes any value of such a twin for yes.
  return option.isBoolean() && isOff(process.env[twin])
    ? new Option(flags, `${description} (env: ${twin})`)
    : option.env(twin)
}

/** The environment variable that stands for a flag. */
export function twinOf(name: string): string {
  return `CUSTODY_${name.replaceAll('-', '_').toUpperCase()}`
}

/** Whether the twin of a flag without a value says no, or nothing. */
export function isOff(value: string | undefined): boolean {
  return ['', '0', 'false', 'no'].includes(value?.toLowerCase() ?? '')
}

/** A flag whose value is a whole number. */
export function numberFlag(flags: string, description: string): Option {
  return flag(flags, description).argParser((text: string) => {
    if (/^\d{1,9}$/.test(text)) return Number(text)
    const name = flags.split(' ')[0]
    throw usageError('OPTION_MALFORMED', `${name} needs a whole number, not ${JSON.stringify(text.slice(0, 20))}.`)
  })
}

/** The flags of every command that talks. */
export interface TalkOptions {
  readonly json?: boolean
  readonly quiet?: boolean
  readonly debug?: boolean
}

export function talkFlags(): readonly Option[] {
  return [
    flag('--json', 'print NDJSON events on stdout, the last one a summary'),
    flag('--quiet', 'print no progress'),
    flag('--debug', 'print stack traces of errors'),
  ]
}

/** The flags of commands that others watch. */
export interface ObservingFlags {
  readonly metricsFile?: string
  readonly logFile?: string
  readonly logLevel?: string
}

export function observingFlags(): readonly Option[] {
  return [
    flag('--metrics-file <file>', 'keep metrics for Prometheus in this file; several commands may share one'),
    flag('--log-file <file>', 'add the events to this file, as NDJSON without personal data'),
    flag('--log-level <level>', 'of the log: error, warn, info or debug (default: info)'),
  ]
}

export function configFlag(): Option {
  return flag('--config <file>', 'the configuration file').default(defaultConfigFile)
}

/** The flags that say something over the `archive` part of the configuration file. */
export function archiveFlags(): readonly Option[] {
  return [
    flag('--formats <list>', `what to write besides the master: ${formatNames.join(',')}`),
    flag('--container <kind>', `one of ${containerNames.join(', ')}`),
    flag(
      '--redact <policy>',
      'a policy file, "default" or a preset (strict, analytics, share-with-vendor), "none" to keep all as received',
    ),
    flag('--out <dir>', 'where archives go'),
  ]
}
