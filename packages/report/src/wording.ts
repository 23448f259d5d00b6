import type { Instant, Window } from '@custody/model'

const whole = new Intl.NumberFormat('en')

/** `1,234,567`. */
export function count(number: number): string {
  return whole.format(number)
}

/** `1 conversation`, `2 conversations`. */
export function counted(number: number, one: string, many: string = `${one}s`): string {
  return `${count(number)} ${number === 1 ? one : many}`
}

/** `340 ms`, `12 s`, `3 min 20 s`, `2 h 5 min`. */
export function duration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`
  const seconds = Math.round(ms / 1_000)
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`
  return `${count(Math.floor(minutes / 60))} h ${minutes % 60} min`
}

/** `2026-10-01 14:05:09 UTC`, and only the day where it is a midnight. */
export function moment(instant: Instant): string {
  const [day = '', time = ''] = instant.split('T')
  return time === '00:00:00.000Z' ? day : `${day} ${time.slice(0, 8)} UTC`
}

/** The end of a window is not part of it. */
export function period({ from, to }: Window): string {
  return `${moment(from)} up to, and without, ${moment(to)}`
}
