import { count } from '../archive-job/progress.ts'

/** `1 session`, `2 sessions`. */
export function many(number: number, word: string): string {
  return `${count(number)} ${word}${number === 1 ? '' : 's'}`
}
