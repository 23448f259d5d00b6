/** Who acts, by id: names do not belong into a log that is kept for good. */
export function actorOf(): string {
  // Joined to a letter: digits that stand alone may be taken for a phone number.
  return `cli:uid${process.getuid?.() ?? 'none'}`
}
