const unitMs = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** Milliseconds of `90m`, `2h` or `3d`, elapsed time all of them (a day has 24 hours); null for another form. */
export function readDuration(text: string): number | null {
  const match = /^(\d{1,6})([mhd])$/.exec(text)
  if (match === null) return null
  return Number(match[1]) * unitMs[match[2] as keyof typeof unitMs]
}

/** The shortest form that says exactly this, for comments and messages. */
export function writeDuration(ms: number): string {
  for (const unit of ['d', 'h'] as const) if (ms % unitMs[unit] === 0) return `${ms / unitMs[unit]}${unit}`
  return `${ms / unitMs.m}m`
}
