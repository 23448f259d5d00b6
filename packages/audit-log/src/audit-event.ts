import { type AuditDetail, isDetail } from './safe-detail.ts'

/** An event, in the order in which its line writes it. */
export interface AuditEvent {
  /** Its number in the log, from 0. */
  readonly n: number
  /** When it was handed over, by the machine's clock: ISO 8601 UTC with milliseconds. A clock may go back; `n` does not. */
  readonly t: string
  /** Who did it, by id. */
  readonly actor: string
  readonly act: string
  /** The run it belongs to. */
  readonly run: string | null
  /** What it was done to: the id of an archive, an erasure, a record. */
  readonly obj: string | null
  readonly detail: AuditDetail
  /** SHA-256 of the line before, LF included, as hex; 64 zeros for the first. */
  readonly prev: string
}

/** Longer than any line that is ever written: 32 details of 200 characters, their names, and the rest. */
export const LINE_MAX_BYTES: number = 16 * 1024

const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/
const act = /^[a-z]+(?:[.-][a-z]+)+$/
const hash = /^[0-9a-f]{64}$/
const printable = /^[ -~]{1,200}$/

/** The line of an event, LF included. */
export function encodeAuditEvent({ n, t, actor, act, run, obj, detail, prev }: AuditEvent): string {
  return `${JSON.stringify({ n, t, actor, act, run, obj, detail, prev })}\n`
}

/**
 * The event of a line, LF included, or null for what is none. There is one line for each event: any other way to write it
 * (spaces, escapes, another order of keys, keys twice) is no line.
 */
export function parseAuditEvent(line: string): AuditEvent | null {
  if (line.length > LINE_MAX_BYTES) return null
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    return null
  }
  return isEvent(value) && encodeAuditEvent(value) === line ? value : null
}

function isEvent(value: unknown): value is AuditEvent {
  if (typeof value !== 'object' || value === null) return false
  const event = value as { readonly [Key in keyof AuditEvent]?: unknown }
  return (
    Number.isSafeInteger(event.n) &&
    (event.n as number) >= 0 &&
    isInstant(event.t) &&
    matches(printable, event.actor) &&
    matches(act, event.act) &&
    (event.run === null || matches(printable, event.run)) &&
    (event.obj === null || matches(printable, event.obj)) &&
    isDetail(event.detail) &&
    Object.values(event.detail).every((one) => typeof one !== 'string' || printable.test(one)) &&
    matches(hash, event.prev)
  )
}

function isInstant(value: unknown): boolean {
  if (!matches(instant, value)) return false
  // The parser takes 30 February and 24:00, and moves them to the next day.
  return new Date(value as string).getUTCDate() === Number((value as string).slice(8, 10))
}

function matches(pattern: RegExp, value: unknown): boolean {
  return typeof value === 'string' && pattern.test(value)
}
