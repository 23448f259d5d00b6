import { type CustodyError, nearest, usageError } from '@custody/pipeline'
import { type Document, isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml'
import type { z } from 'zod'
import { personalDataTypes } from './personal-data-type.ts'
import { fieldClasses, type Policy } from './policy.ts'
import { type PolicyFile, policyShape } from './policy-shape.ts'
import { policyError, policyProblems } from './prepared-policy.ts'
import { defaultPolicy, presetPolicy } from './presets.ts'
import type { Operator } from './replacement.ts'

const maximumCharacters = 1 << 20

/**
 * Reads a policy from YAML 1.2 (JSON is YAML too). What it does not name is as in its preset, or as in
 * {@link defaultPolicy}.
 *
 * @throws CustodyError of kind usage: `POLICY_SYNTAX`, `POLICY_KEY` for a key nobody knows, `POLICY_VALUE`, `POLICY_PATTERN`
 * for a pattern that cannot be searched in linear time; each names the key and the line.
 */
export function loadPolicy(yamlText: string): Policy {
  if (yamlText.length > maximumCharacters) {
    throw usageError('POLICY_SYNTAX', `the policy is longer than ${maximumCharacters} characters`)
  }
  const lines = new LineCounter()
  const document = parseDocument(yamlText, { lineCounter: lines, prettyErrors: false })
  const [syntax] = document.errors
  if (syntax) {
    throw usageError('POLICY_SYNTAX', `the policy is no valid YAML: ${syntax.code} in line ${lineAt(syntax.pos[0])}`)
  }
  const result = policyShape.safeParse(contents(document))
  if (!result.success) throw errorFrom(result.error.issues[0], document, lineAt)
  const policy = completed(result.data)
  const [problem] = policyProblems(policy)
  if (!problem) return policy
  if (problem.code === 'POLICY_KEY') throw unknownKey(problem.path, document, lineAt)
  throw policyError(problem, ` in line ${lineAt(offsetOf(document, problem.path))}`)

  function lineAt(offset: number): number {
    return lines.linePos(offset).line
  }
}

/** What the file leaves open, by its preset. */
function completed(file: PolicyFile): Policy {
  const { preset, types = {}, fields = {}, ...rest } = file
  const base = preset ? presetPolicy(preset) : defaultPolicy
  const custom = (file.patterns ?? []).map(({ type }) => [type, 'label'] as const)
  const asked = Object.entries(types).filter((entry): entry is [string, Operator] => entry[1] !== undefined)
  return {
    ...base,
    ...present(rest),
    types: { ...Object.fromEntries(custom), ...base.types, ...Object.fromEntries(asked) },
    fields: { ...base.fields, ...present(fields) },
  }
}

/** Without the keys that hold nothing. */
function present<T extends object>(given: T): { [Key in keyof T]?: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as {
    [Key in keyof T]?: Exclude<T[Key], undefined>
  }
}

function contents(document: Document): unknown {
  try {
    // Aliases are refused altogether: a policy has no use for them, and nested ones grow without bound.
    return document.toJS({ maxAliasCount: 0 })
  } catch (cause) {
    throw Object.assign(
      usageError('POLICY_SYNTAX', 'the policy uses YAML aliases', 'Write the values out instead of using * and &.'),
      { cause },
    )
  }
}

function errorFrom(
  issue: z.core.$ZodIssue | undefined,
  document: Document,
  lineAt: (offset: number) => number,
): CustodyError {
  const path = issue?.path.map(String) ?? []
  if (issue?.code === 'unrecognized_keys') return unknownKey([...path, issue.keys[0] ?? ''], document, lineAt)
  const where = path.length === 0 ? '' : ` at ${path.join('.')} in line ${lineAt(offsetOf(document, path))}`
  return usageError('POLICY_VALUE', `the policy is wrong${where}: ${issue?.message ?? 'unreadable'}`)
}

function unknownKey(
  path: readonly string[],
  document: Document,
  lineAt: (offset: number) => number,
): CustodyError<'POLICY_KEY'> {
  const known = keysAt(path.slice(0, -1))
  const meant = nearest(path.at(-1) ?? '', known)
  return usageError(
    'POLICY_KEY',
    `the policy has an unknown key ${path.join('.')} in line ${lineAt(offsetOf(document, path))}`,
    `${meant === null ? '' : `Did you mean ${meant}? `}Known here: ${known.join(', ')}.`,
  )
}

function keysAt(path: readonly string[]): readonly string[] {
  if (path[0] === 'types') return personalDataTypes
  if (path[0] === 'fields') return fieldClasses
  if (path[0] === 'patterns') return ['name', 'type', 'match', 'words', 'flags']
  return Object.keys(defaultPolicy)
}

/** Where a key stands; where its parent stands when it is missing. */
function offsetOf(document: Document, path: readonly string[]): number {
  let node: unknown = document.contents
  let offset = 0
  for (const key of path) {
    if (isSeq(node)) {
      node = node.items[Number(key)]
      offset = (isScalar(node) || isMap(node) || isSeq(node) ? node.range?.[0] : undefined) ?? offset
      continue
    }
    if (!isMap(node)) break
    const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === key)
    if (!pair || !isScalar(pair.key)) break
    offset = pair.key.range?.[0] ?? offset
    node = pair.value
  }
  return offset
}
