/** Prints a text and a line end. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`)
}
