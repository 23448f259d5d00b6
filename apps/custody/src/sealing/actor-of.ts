/** Who acts, by id: names do not belong into a log that is kept for good. */
export function actorOf(): string {
  return `cli:uid-${process.getuid?.() ?? 'none'}`
}
