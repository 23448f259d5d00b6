import { wilson } from '@custody/redact'
import type { Proportion } from './proportion.ts'

/** Lays rows out in columns: the first to the left, the others to the right. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = []
  for (const row of rows) {
    for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, cell.length)
  }
  return rows
    .map((row) =>
      row
        .map((cell, index) => (index === 0 ? cell.padEnd(widths[index] ?? 0) : cell.padStart(widths[index] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** `97.8 [92.4-99.4]`: per cent, with the interval of 95 %. */
export function percent(proportion: Proportion): string {
  return shown(proportion, 100, 1)
}

/** `0.10 [0.02-0.57]`: the same of thousand. */
export function perThousand(proportion: Proportion): string {
  return shown(proportion, 1000, 2)
}

function shown({ hits, total }: Proportion, scale: number, places: number): string {
  const { share, low, high } = wilson(hits, total)
  if (share === null) return '-'
  const [value, from, to] = [share, low ?? 0, high ?? 1].map((part) => (part * scale).toFixed(places))
  return `${value} [${from}-${to}]`
}
