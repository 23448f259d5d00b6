import { decodeEntities } from '@custody/model'

/** References to references are real: a text that was escaped twice. Deeper ones are a game. */
const maximumRounds = 3

/**
 * A text as a reader of HTML would see it: Connect escapes what people wrote, and bots send markup. The same string where
 * nothing is escaped.
 */
export function unescaped(text: string): string {
  let current = text
  for (let round = 0; round < maximumRounds && current.includes('&'); round++) {
    const next = decodeEntities(current)
    if (next === current) break
    current = next
  }
  return current
}
