import { type FileCheck, wholeText } from './file-check.ts'
import type { Findings } from './findings.ts'
import { schemaFiles } from './schemas.ts'

export const SCHEMA_PREFIX = 'schema/'

const MAX_BYTES = 1024 * 1024

let known: ReadonlyMap<string, string> | undefined

/** The schemas of this version of the format, made once. */
export function knownSchemas(): ReadonlyMap<string, string> {
  known ??= schemaFiles()
  return known
}

/** Checks that a schema is the one of this version: whoever reads the archive by another one reads something else. */
export function schemaCheck(path: string, findings: Findings): FileCheck {
  return wholeText(MAX_BYTES, (text, isWhole) => {
    if (!isWhole || text !== knownSchemas().get(path)) {
      findings.add('SCHEMA_DIFFERS', path, 'is not the schema of this version of the format')
    }
  })
}
