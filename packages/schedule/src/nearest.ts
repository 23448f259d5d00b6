/** The known word closest to what was typed, or null when none is close. */
export function nearest(typed: string, known: readonly string[]): string | null {
  let best: string | null = null
  // A third of the letters wrong is another word.
  let bestDistance = Math.max(2, Math.floor(typed.length / 3)) + 1
  for (const word of known) {
    const distance = editDistance(typed.toLowerCase(), word.toLowerCase())
    if (distance < bestDistance) [best, bestDistance] = [word, distance]
  }
  return best
}

/** As the end of a sentence. */
export function didYouMean(word: string | null): string {
  return word === null ? '' : ` Did you mean ${word}?`
}

// Levenshtein, one row at a time; bounded, so that a hostile word costs nothing.
function editDistance(a: string, b: string): number {
  if (a.length > 60 || b.length > 60) return Number.POSITIVE_INFINITY
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1
      next.push(Math.min((row[j] as number) + 1, (next[j - 1] as number) + 1, (row[j - 1] as number) + cost))
    }
    row = next
  }
  return row[b.length] as number
}
