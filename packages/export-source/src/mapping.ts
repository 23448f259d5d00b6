import { type CustodyError, usageError } from '@custody/pipeline'
import { parseDocument } from 'yaml'
import { z } from 'zod'
import type { Field } from './assumptions.ts'
import type { FieldColumns } from './columns.ts'

const column = z.string().min(1).nullable().optional()
const fields = {
  conversation: column,
  entryId: column,
  entryType: column,
  payload: column,
  text: column,
  serverAt: column,
  clientAt: column,
  sender: column,
  role: column,
  appType: column,
  subject: column,
  displayName: column,
  relatedRecords: column,
} satisfies Record<Field, typeof column>

const shape = z.strictObject({
  version: z.literal(1),
  fields: z.strictObject(fields).default({}),
  roles: z.record(z.string(), z.enum(['end-user', 'agent', 'bot', 'system', 'supervisor', 'other'])).default({}),
  encoding: z.string().refine(isEncoding, 'no encoding that is known').optional(),
  delimiter: z.string().length(1).optional(),
  quote: z.string().length(1).nullable().optional(),
  offset: z
    .string()
    .regex(/^(?:Z|[+-]\d\d:\d\d)$/)
    .optional(),
  ignore: z.array(z.string().min(1)).default([]),
})

/** How to read an export whose columns have names of their own. */
export interface ExportMapping {
  /** The column of each field, as it is written; null where a field has none. What is not named is looked for. */
  readonly fields: FieldColumns
  /** What the words in the column of the role mean, where they are other than Salesforce's. */
  readonly roles: Readonly<Record<string, 'end-user' | 'agent' | 'bot' | 'system' | 'supervisor' | 'other'>>
  /** A label of the WHATWG encoding standard. Without it: by byte order mark, else UTF-8. */
  readonly encoding?: string | undefined
  /** Of CSV. Without it: comma, semicolon or tab, whichever the header has most of. */
  readonly delimiter?: string | undefined
  /** Of CSV; null where cells are never in quotes. Without it: `"`. */
  readonly quote?: string | null | undefined
  /** The offset of times that come without one, `Z` or `+01:00`. Without it such times are no times. */
  readonly offset?: string | undefined
  /** Files to leave unread, by their whole name in the export or the end of it. */
  readonly ignore: readonly string[]
}

/** Nothing mapped: everything by its known spelling. */
export const defaultMapping: ExportMapping = { fields: {}, roles: {}, ignore: [] }

const MAX_CHARACTERS = 1 << 20

/**
 * Reads a mapping file: YAML 1.2.
 *
 * @throws CustodyError of kind usage, `EXPORT_MAPPING`
 */
export function loadMapping(yamlText: string): ExportMapping {
  if (yamlText.length > MAX_CHARACTERS) throw wrong(`it is longer than ${MAX_CHARACTERS} characters`)
  const document = parseDocument(yamlText, { prettyErrors: false })
  const [syntax] = document.errors
  if (syntax) throw wrong(`it is no valid YAML (${syntax.code})`)
  const result = shape.safeParse(contents(document))
  if (result.success) return result.data
  const [issue] = result.error.issues
  if (issue?.code === 'unrecognized_keys')
    throw wrong(`it has an unknown key ${[...issue.path, issue.keys[0]].join('.')}`)
  throw wrong(`${issue?.path.join('.') || 'the document'}: ${issue?.message}`)
}

function contents(document: ReturnType<typeof parseDocument>): unknown {
  try {
    return document.toJS({ maxAliasCount: 0 })
  } catch {
    throw wrong('it uses YAML aliases')
  }
}

function isEncoding(label: string): boolean {
  try {
    return new TextDecoder(label).encoding !== ''
  } catch {
    return false
  }
}

function wrong(why: string): CustodyError {
  return usageError(
    'EXPORT_MAPPING',
    `The mapping file cannot be used: ${why}.`,
    'Let `custody export inspect FILE` propose one, and change what is in it.',
  )
}
