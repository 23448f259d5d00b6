import type { CharacterSet } from './character-set.ts'

/** What a pattern is made of. `at` is where it stands in the pattern, from 1. */
export type PatternNode =
  | { readonly kind: 'set'; readonly set: CharacterSet }
  | { readonly kind: 'sequence'; readonly parts: readonly PatternNode[] }
  | { readonly kind: 'choice'; readonly options: readonly PatternNode[] }
  | {
      readonly kind: 'repeat'
      readonly body: PatternNode
      readonly min: number
      readonly max: number
      readonly at: number
    }
  | { readonly kind: 'assertion'; readonly test: Assertion }

/** What holds at a place in a text. `border`: of an ASCII word, as `\b`. */
export type Assertion = 'start' | 'end' | 'line-start' | 'line-end' | 'border' | 'no-border'

/** A pattern that cannot be used. Its message says where and why. */
export class PatternError extends Error {
  override readonly name = 'PatternError'

  constructor(at: number, why: string) {
    super(`at character ${at}: ${why}`)
  }
}

/** A group of one is what it holds. */
export function sequence(parts: readonly PatternNode[]): PatternNode {
  return parts.length === 1 ? (parts[0] as PatternNode) : { kind: 'sequence', parts }
}

/** Whether it can match without taking a character. */
export function isNullable(node: PatternNode): boolean {
  switch (node.kind) {
    case 'set':
      return false
    case 'assertion':
      return true
    case 'sequence':
      return node.parts.every(isNullable)
    case 'choice':
      return node.options.some(isNullable)
    case 'repeat':
      return node.min === 0 || isNullable(node.body)
  }
}

/** All the sets in it. */
export function setsIn(node: PatternNode): readonly CharacterSet[] {
  switch (node.kind) {
    case 'set':
      return [node.set]
    case 'assertion':
      return []
    case 'sequence':
      return node.parts.flatMap(setsIn)
    case 'choice':
      return node.options.flatMap(setsIn)
    case 'repeat':
      return setsIn(node.body)
  }
}
