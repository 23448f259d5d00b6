import { expect, test } from 'vitest'
import { cycleIn, importsOf, packageOf } from './imports.ts'

test('every form of import is seen, and nothing else', () => {
  const text = `
import './side-effect.ts'
import fc from 'fast-check'
import { a, type B } from "./a.ts"
import type { C } from './c.ts'
import {
  d,
  e,
} from '@custody/pipeline'
import * as f from 'node:fs'
export { g } from './g.ts'
export type { H } from './h.ts'
export * from './i.ts'
// import { no } from 'comment'
/* import { no } from 'comment' */
/**
 * import { no } from 'documentation'
 */
const j = await import('undici')
const text = "import { no } from 'string'"
export const k = 'from'
export function l(): string { return 'm' }
`
  expect(importsOf(text)).toEqual([
    { from: './side-effect.ts', typeOnly: false },
    { from: 'fast-check', typeOnly: false },
    { from: './a.ts', typeOnly: false },
    { from: './c.ts', typeOnly: true },
    { from: '@custody/pipeline', typeOnly: false },
    { from: 'node:fs', typeOnly: false },
    { from: './g.ts', typeOnly: false },
    { from: './h.ts', typeOnly: true },
    { from: './i.ts', typeOnly: false },
    { from: 'undici', typeOnly: false },
  ])
})

test.each([
  ['./a.ts', null],
  ['node:fs/promises', null],
  ['undici', 'undici'],
  ['vitest/config', 'vitest'],
  ['@custody/pipeline', '@custody/pipeline'],
  ['@scope/name/deep', '@scope/name'],
])('%s belongs to %s', (from, name) => {
  expect(packageOf(from)).toBe(name)
})

test('cycles are found wherever they are', () => {
  const graph = (edges: Record<string, string[]>) => new Map(Object.entries(edges))
  expect(cycleIn(graph({}))).toBeNull()
  expect(cycleIn(graph({ a: ['b', 'c'], b: ['d'], c: ['d'], d: ['outside'] }))).toBeNull()
  expect(cycleIn(graph({ a: ['a'] }))).toEqual(['a', 'a'])
  expect(cycleIn(graph({ a: ['b'], b: ['c'], c: ['d'], d: ['b'] }))).toEqual(['b', 'c', 'd', 'b'])
})
