/** The same list when no item changed. */
export function mapChanged<T>(list: readonly T[], map: (item: T, index: number) => T): readonly T[] {
  let copy: T[] | undefined
  for (const [index, item] of list.entries()) {
    const mapped = map(item, index)
    if (mapped === item) continue
    copy ??= list.slice()
    copy[index] = mapped
  }
  return copy ?? list
}

/** The same object when no member changed. */
export function changed<T extends object>(original: T, members: Partial<T>): T {
  const keys = Object.keys(members) as (keyof T)[]
  return keys.every((key) => members[key] === original[key]) ? original : { ...original, ...members }
}
