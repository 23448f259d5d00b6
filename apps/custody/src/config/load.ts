import { readFileSync } from 'node:fs'
import { CustodyError, nearest, usageError } from '@custody/pipeline'
import { isMap, isNode, LineCounter, parseDocument } from 'yaml'
import { z } from 'zod'
import { type Config, configSchema } from './schema.ts'

/**
 * Reads and checks a configuration file.
 *
 * @throws CustodyError `CONFIG_UNREADABLE`, `CONFIG_MALFORMED`, `CONFIG_INVALID`, all of kind usage; the message names
 * file, line and key, never a value.
 */
export function loadConfig(file: string): Config {
  return parseConfig(readConfig(file), file)
}

function readConfig(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw usageError(
      'CONFIG_UNREADABLE',
      `The configuration ${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'}).`,
      'Name another one with --config FILE, or try everything without one: custody demo',
    )
  }
}

/** The same on a text; `file` is only for messages. */
export function parseConfig(text: string, file: string): Config {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const [error] = document.errors
  if (error) {
    const { line } = lines.linePos(error.pos[0])
    throw usageError('CONFIG_MALFORMED', `${file}:${line}: this is no YAML (${error.code}).`, 'Correct the line.')
  }
  let value: unknown
  try {
    // The configuration needs few aliases; a bomb of them is refused.
    value = document.toJS({ maxAliasCount: 20 })
  } catch (cause) {
    throw new CustodyError('CONFIG_MALFORMED', `${file}: the YAML aliases are nested too deeply.`, {
      kind: 'usage',
      cause,
      actions: ['Write the values out.'],
    })
  }
  const result = configSchema.safeParse(value)
  if (result.success) return result.data
  const problems = result.error.issues.flatMap((issue) => describe(issue, value))
  const lineOf = (path: readonly PropertyKey[]): number => {
    for (let length = path.length; length > 0; length--) {
      const parent = length === 1 ? document.contents : document.getIn(path.slice(0, length - 1), true)
      const pair = isMap(parent) ? parent.items.find((item) => keyOf(item.key) === String(path[length - 1])) : undefined
      if (pair && isNode(pair.key) && pair.key.range) return lines.linePos(pair.key.range[0]).line
    }
    return 1
  }
  const [first, ...others] = problems.map((problem) => ({ ...problem, line: lineOf(problem.path) }))
  if (!first) throw usageError('CONFIG_INVALID', `${file}: the configuration is not valid.`)
  throw usageError(
    'CONFIG_INVALID',
    `${file}:${first.line}: ${first.path.map(String).join('.')}: ${sentence(first.message)}`,
    first.action,
    ...others.map(
      ({ line, path, message }) => `Then line ${line}: ${path.map(String).join('.')}: ${sentence(message)}`,
    ),
  )
}

function sentence(message: string): string {
  return /[.?]$/.test(message) ? message : `${message}.`
}

interface Problem {
  readonly path: readonly PropertyKey[]
  readonly message: string
  readonly action: string
}

function describe(issue: z.core.$ZodIssue, value: unknown): readonly Problem[] {
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys(issue.path)
    return issue.keys.map((key) => {
      const near = nearest(key, known)
      return {
        path: [...issue.path, key],
        message: 'unknown key',
        action: near ? `Did you mean ${near}?` : `Known here: ${known.join(', ')}.`,
      }
    })
  }
  const found = issue.path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | null)?.[key], value)
  if (typeof found === 'string' && issue.message.includes('where the secret is')) {
    return [
      {
        path: issue.path,
        message: 'holds a literal secret',
        action: 'Take it out of the file, renew it, and write { env: NAME } or { file: PATH } instead.',
      },
    ]
  }
  const missing = found === undefined
  return [
    {
      path: issue.path,
      message: missing ? 'is missing' : plain(issue),
      action: missing
        ? `Add the key ${String(issue.path.at(-1))}.`
        : (ownAction(issue) ?? 'See: custody config schema'),
    },
  ]
}

/** What a rule of our own says is to be done. */
function ownAction(issue: z.core.$ZodIssue): string | null {
  const action: unknown = issue.code === 'custom' ? issue.params?.['action'] : undefined
  return typeof action === 'string' ? action : null
}

// Zod's own messages may quote the value that was given; ours never do.
function plain(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type') return `must be a ${issue.expected}`
  if (issue.code === 'invalid_value') return `must be ${issue.values.map(String).join(' or ')}`
  if (issue.code === 'invalid_key') return 'is no usable name (letters, digits and hyphens)'
  if (issue.code === 'too_big') return `must be at most ${issue.maximum}`
  if (issue.code === 'too_small') return `must be at least ${issue.minimum}`
  if (issue.code === 'custom' || issue.code === 'invalid_union' || issue.message.startsWith('must '))
    return issue.message
  return 'is not valid'
}

type JsonSchema = z.core.JSONSchema.BaseSchema

/** The keys that any branch of the schema knows at this place. */
function knownKeys(path: readonly PropertyKey[]): readonly string[] {
  let schemas: readonly JsonSchema[] = [configJsonSchema() as JsonSchema].flatMap(branchesOf)
  for (const key of path) schemas = schemas.flatMap((schema) => below(schema, key)).flatMap(branchesOf)
  return [...new Set(schemas.flatMap((schema) => Object.keys(schema.properties ?? {})))]
}

function below(schema: JsonSchema, key: PropertyKey): readonly JsonSchema[] {
  const next: unknown =
    schema.properties?.[String(key)] ??
    (typeof key === 'number' ? (schema.prefixItems?.[key] ?? schema.items) : schema.additionalProperties)
  return typeof next === 'object' && next !== null ? [next as JsonSchema] : []
}

function branchesOf(schema: JsonSchema): readonly JsonSchema[] {
  const branches = [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])] as JsonSchema[]
  return branches.length === 0 ? [schema] : branches.flatMap(branchesOf)
}

/** The JSON Schema of the configuration, for editors. */
export function configJsonSchema(): object {
  return z.toJSONSchema(configSchema, { io: 'input', target: 'draft-2020-12' })
}

function keyOf(key: unknown): string {
  return typeof key === 'object' && key !== null && 'value' in key ? String(key.value) : String(key)
}
