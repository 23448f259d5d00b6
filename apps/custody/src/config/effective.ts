import { nearest, usageError } from '@custody/pipeline'
import { type Container, containerNames, type Format, formatNames } from './choices.ts'
import type { Config } from './schema.ts'

/** What flags and their environment twins can say over the configuration file. */
export interface ArchiveOverrides {
  readonly out?: string | undefined
  readonly formats?: string | undefined
  readonly container?: string | undefined
  readonly redact?: string | undefined
  readonly allowCounted?: boolean | undefined
}

/** The archive part of the configuration with what was said over it. `--redact none` takes a configured policy away. */
export function effectiveArchive(config: Config['archive'], overrides: ArchiveOverrides): Config['archive'] {
  const redaction = overrides.redact ?? config.redaction
  return {
    directory: overrides.out ?? config.directory,
    formats: overrides.formats === undefined ? config.formats : parseFormats(overrides.formats),
    container: overrides.container === undefined ? config.container : parseContainer(overrides.container),
    allowCounted: overrides.allowCounted ?? config.allowCounted,
    ...(redaction !== undefined && redaction !== 'none' && { redaction }),
  }
}

function parseFormats(list: string): readonly Format[] {
  return [...new Set(list.split(',').map((word) => oneOf(word.trim(), formatNames, '--formats')))]
}

function parseContainer(word: string): Container {
  return oneOf(word, containerNames, '--container')
}

/** The word if it is one of those known. @throws CustodyError `OPTION_UNKNOWN_VALUE` of kind usage */
export function oneOf<const T extends string>(word: string, known: readonly T[], flag: string): T {
  const found = known.find((each) => each === word)
  if (found !== undefined) return found
  const near = nearest(word, known)
  throw usageError(
    'OPTION_UNKNOWN_VALUE',
    `${flag}: ${JSON.stringify(word.slice(0, 40))} is none of ${known.join(', ')}.`,
    near ? `Did you mean ${near}?` : `Use one of: ${known.join(', ')}.`,
  )
}
