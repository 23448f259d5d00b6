/** As the end of a sentence. */
export function didYouMean(word: string | null): string {
  return word === null ? '' : ` Did you mean ${word}?`
}
