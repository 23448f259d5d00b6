import { type CharacterSet, characterSet, intersection, sizeOf } from './character-set.ts'
import type { PatternNode } from './pattern-syntax.ts'
import type { Random } from './random.ts'

const readable: CharacterSet = characterSet([
  [0x30, 0x39],
  [0x41, 0x5a],
  [0x61, 0x7a],
])

/** A text that a pattern matches, where its places allow; null where a pattern asks for the beginning or end of a text. */
export function sampleOf(node: PatternNode, random: Random): string | null {
  switch (node.kind) {
    case 'set':
      return characterOf(node.set, random)
    case 'assertion':
      return node.test === 'border' || node.test === 'no-border' ? '' : null
    case 'sequence': {
      const parts = node.parts.map((part) => sampleOf(part, random))
      return parts.includes(null) ? null : parts.join('')
    }
    case 'choice':
      return sampleOf(random.pick(node.options), random)
    case 'repeat': {
      const count = random.number(node.min, Math.min(node.max, node.min + 3))
      const parts = Array.from({ length: count }, () => sampleOf(node.body, random))
      return parts.includes(null) ? null : parts.join('')
    }
  }
}

function characterOf(set: CharacterSet, random: Random): string {
  const usual = intersection(set, readable)
  const from = sizeOf(usual) > 0 ? usual : set
  const [first, last] = random.pick(from)
  return String.fromCharCode(random.number(first, last))
}
