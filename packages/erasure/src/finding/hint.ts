import type { EndUserFacts } from './match.ts'

/** The fewest characters a key has to have for its last ones to be shown. */
const shortestShown = 8

/** What a person needs to recognise a record: the first letters of the name, the last three characters of the key. */
export function hintOf({ name, platformKey }: Pick<EndUserFacts, 'name' | 'platformKey'>): string {
  const initials = (name ?? '')
    .split(/\s+/)
    .map((word) => [...word][0] ?? '')
    .filter((letter) => /^[\p{L}\p{N}]$/u.test(letter))
    .slice(0, 3)
    .map((letter) => `${letter}.`)
    .join(' ')
  // Terminals take control characters for commands.
  const key = [...(platformKey ?? '')].filter((character) => !/[\p{C}\p{Z}]/u.test(character))
  const last = key.length >= shortestShown ? `…${key.slice(-3).join('')}` : ''
  return [initials, last].filter((part) => part !== '').join(' ')
}
