import { fold } from './characters.ts'
import { commonWords } from './common-words.ts'
import type { Identities } from './identities.ts'
import type { Span } from './personal-data-type.ts'
import type { TextDetector } from './text-detector.ts'
import { TokenCursor } from './token-cursor.ts'

/** Shorter names are one letter away from too many words. */
export const minimumTypedLetters = 5

/**
 * Finds parts of names of the end users with one letter wrong, missing, added, or two swapped; null where nobody has a name
 * long enough. The first letter is right, or swapped with the second, and the word is no ordinary one.
 */
export function typingErrors({ nameParts }: Identities): TextDetector | null {
  if (nameParts.length === 0) return null
  const lengths = nameParts.map(({ token }) => token.length)
  const [shortest, longest] = [Math.min(...lengths) - 1, Math.max(...lengths) + 1]
  return {
    name: 'typing-error',
    find(text) {
      const spans: Span[] = []
      for (const cursor = new TokenCursor(text); cursor.next(); ) {
        const { start, end } = cursor
        if (end - start < shortest || end - start > longest + 2) continue
        const typed = fold(text.slice(start, end))
        const meant = nameParts.find(({ token }) => isOneErrorAway(typed, token))
        if (!meant || commonWords.has(typed)) continue
        spans.push({ start, end, type: 'NAME', detector: 'typing-error', score: 0.6, value: meant.value })
      }
      return spans
    },
  }
}

/** By one letter wrong, missing, added, or two neighbours swapped. */
export function isOneErrorAway(typed: string, meant: string): boolean {
  const difference = typed.length - meant.length
  if (difference < -1 || difference > 1 || typed === meant) return false
  let at = 0
  while (at < typed.length && typed[at] === meant[at]) at++
  const isSwapped = typed[at] === meant[at + 1] && typed[at + 1] === meant[at]
  if (difference === 0 && isSwapped && typed.slice(at + 2) === meant.slice(at + 2)) return true
  if (at === 0) return false
  return typed.slice(at + (difference >= 0 ? 1 : 0)) === meant.slice(at + (difference <= 0 ? 1 : 0))
}
