import type { Outline } from './outline.ts'

/** Which conversations an end user is a guest in. Found out when somebody first asks: nobody does in a world without guests. */
export function guestAppearances(
  conversations: number,
  sharedEveryNth: number,
  outline: (index: number) => Outline,
): (endUser: number) => readonly number[] {
  let known: ReadonlyMap<number, readonly number[]> | undefined
  return (endUser) => {
    if (sharedEveryNth === 0) return []
    known ??= collected(conversations, sharedEveryNth, outline)
    return known.get(endUser) ?? []
  }
}

function collected(
  conversations: number,
  sharedEveryNth: number,
  outline: (index: number) => Outline,
): ReadonlyMap<number, readonly number[]> {
  const found = new Map<number, number[]>()
  for (let index = sharedEveryNth - 1; index < conversations; index += sharedEveryNth) {
    const { guest, channel } = outline(index)
    if (guest === undefined) continue
    const row = guest * 4 + channel.number
    found.set(row, [...(found.get(row) ?? []), index])
  }
  return found
}
