import type { Content } from './content.ts'
import type { Json } from './entry.ts'
import { words } from './words.ts'

/** What was read from a message or event: its lines of text as a person saw them, and its structure. */
export interface Rendering {
  readonly lines: readonly (string | null)[]
  readonly content: Content | null
}

/** The reading of a shape we do not know: every text found under a name that text stands under. */
export function unknownShape(value: Json): Rendering {
  return { lines: words(value), content: null }
}

/** Several readings of one message: all their lines, the structure of the first that has one. */
export function combined(renderings: readonly Rendering[]): Rendering {
  return {
    lines: renderings.flatMap(({ lines }) => lines),
    content: renderings.find(({ content }) => content !== null)?.content ?? null,
  }
}

/** One thing on one line: its parts joined by ` - `, those that are absent left out; null where all are. */
export function line(...parts: readonly (string | null)[]): string | null {
  return joinPresent(parts, ' - ')
}

/** The parts that are there, joined; null where none is. */
export function joinPresent(parts: readonly (string | null)[], separator: string): string | null {
  const present = parts.filter((part) => part !== null)
  return present.length === 0 ? null : present.join(separator)
}
