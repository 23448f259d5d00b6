/** `30 min`, and seconds where it is less than two minutes. */
export function minutes(ms: number): string {
  const seconds = Math.round(Math.abs(ms) / 1_000)
  return seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`
}

/** `1.5 GiB`. */
export function bytes(size: number): string {
  for (const [unit, factor] of units) if (size >= factor) return `${(size / factor).toFixed(1)} ${unit}`
  return `${size} bytes`
}

const units = [
  ['TiB', 2 ** 40],
  ['GiB', 2 ** 30],
  ['MiB', 2 ** 20],
  ['KiB', 2 ** 10],
] as const
