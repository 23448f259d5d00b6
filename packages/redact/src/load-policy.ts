import { type CustodyError, usageError } from '@custody/pipeline'
import { type Document, isMap, isScalar, LineCounter, parseDocument } from 'yaml'
import type { z } from 'zod'
import { personalDataTypes } from './personal-data-type.ts'
import { defaultPolicy, fieldClasses, type Policy, policyShape } from './policy.ts'

const maximumCharacters = 1 << 20

/**
 * Reads a policy from YAML 1.2 (JSON is YAML too). What it does not name takes the defaults.
 *
 * @throws CustodyError of kind usage: `POLICY_SYNTAX`, `POLICY_KEY` for a key nobody knows, `POLICY_VALUE`; each names
 * the key and the line.
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
  if (result.success) return result.data
  throw errorFrom(result.error.issues[0], document, lineAt)

  function lineAt(offset: number): number {
    return lines.linePos(offset).line
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
  if (issue?.code === 'unrecognized_keys') {
    const key = issue.keys[0] ?? ''
    const known = keysAt(path)
    const where = `line ${lineAt(offsetOf(document, [...path, key]))}`
    return usageError(
      'POLICY_KEY',
      `the policy has an unknown key ${[...path, key].join('.')} in ${where}`,
      `Did you mean ${nearest(key, known)}? Known here: ${known.join(', ')}.`,
    )
  }
  const where = path.length === 0 ? '' : ` at ${path.join('.')} in line ${lineAt(offsetOf(document, path))}`
  return usageError('POLICY_VALUE', `the policy is wrong${where}: ${issue?.message ?? 'unreadable'}`)
}

function keysAt(path: readonly string[]): readonly string[] {
  if (path[0] === 'types') return personalDataTypes
  if (path[0] === 'fields') return fieldClasses
  return Object.keys(defaultPolicy)
}

/** Where a key stands; where its parent stands when it is missing. */
function offsetOf(document: Document, path: readonly string[]): number {
  let node: unknown = document.contents
  let offset = 0
  for (const key of path) {
    if (!isMap(node)) break
    const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === key)
    if (!pair || !isScalar(pair.key)) break
    offset = pair.key.range?.[0] ?? offset
    node = pair.value
  }
  return offset
}

function nearest(word: string, known: readonly string[]): string {
  const ranked = known.map((candidate) => ({ candidate, distance: editDistance(word, candidate) }))
  return ranked.reduce((best, next) => (next.distance < best.distance ? next : best)).candidate
}

/** Levenshtein distance without case, over at most 64 characters. */
function editDistance(a: string, b: string): number {
  const left = a.slice(0, 64).toLowerCase()
  const right = b.slice(0, 64).toLowerCase()
  let row = Array.from({ length: right.length + 1 }, (_, index) => index)
  for (let i = 1; i <= left.length; i++) {
    const next = [i]
    for (let j = 1; j <= right.length; j++) {
      const substitution = (row[j - 1] ?? 0) + (left[i - 1] === right[j - 1] ? 0 : 1)
      next.push(Math.min(substitution, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[right.length] ?? 0
}
