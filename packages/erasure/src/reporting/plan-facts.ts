import { z } from 'zod'
import type { NewErasureEvent } from '../erasure-store.ts'
import type { PlannedCounts } from './erasure-report.ts'

/** What a report takes of a plan: as little as it needs, so that plans of later versions can be told of too. */
const schema = z.object({
  targets: z.array(z.object({ counts: z.record(z.string(), z.number().nullable()) })),
  archives: z.array(z.unknown()).default([]),
  notCovered: z.array(z.string()),
  notSeen: z.array(z.string()).default([]),
})

/** Null for what is no plan. */
export function planFacts(bytes: Uint8Array): PlannedCounts | null {
  let json: unknown
  try {
    json = JSON.parse(new TextDecoder().decode(bytes))
  } catch {
    return null
  }
  const { data } = schema.safeParse(json)
  if (data === undefined) return null
  const counts = new Map<string, number | null>()
  for (const target of data.targets) {
    for (const [object, number] of Object.entries(target.counts))
      counts.set(object, sum(counts.get(object) ?? 0, number))
  }
  return {
    counts: Object.fromEntries(counts),
    archives: data.archives.length,
    notCovered: data.notCovered,
    notSeen: data.notSeen,
  }
}

function sum(one: number | null, other: number | null): number | null {
  return one === null || other === null ? null : one + other
}

/** The act that keeps, beyond the closing, what the plan counted: the plan itself goes. */
export const planKeptAct = 'plan-kept'

const countPrefix = 'count-'

/** What is noted of a plan when its request is closed. */
export function planKept({ counts, archives, notCovered, notSeen }: PlannedCounts): NewErasureEvent {
  const named = Object.entries(counts).filter(([object]) => /^[A-Za-z0-9_]{1,50}$/.test(object))
  return {
    act: planKeptAct,
    operator: null,
    detail: {
      archives,
      ...Object.fromEntries(named.map(([object, number]) => [`${countPrefix}${object}`, number])),
      ...numbered('notCovered', notCovered),
      ...numbered('notSeen', notSeen),
    },
  }
}

/** The way back. */
export function readPlanKept(detail: NewErasureEvent['detail']): PlannedCounts {
  const counts: [string, number | null][] = []
  for (const [key, value] of Object.entries(detail)) {
    if (!key.startsWith(countPrefix) || (value !== null && typeof value !== 'number')) continue
    counts.push([key.slice(countPrefix.length), value])
  }
  const { archives } = detail as { readonly archives?: unknown }
  return {
    counts: Object.fromEntries(counts),
    archives: typeof archives === 'number' ? archives : 0,
    notCovered: listed('notCovered', detail),
    notSeen: listed('notSeen', detail),
  }
}

/** Each code on its own: together they may be longer than a detail may be. */
function numbered(name: string, codes: readonly string[]): Record<string, string> {
  return Object.fromEntries(codes.map((code, index) => [`${name}-${index}`, code]))
}

function listed(name: string, detail: NewErasureEvent['detail']): readonly string[] {
  return Object.entries(detail)
    .filter(([key]) => key.startsWith(`${name}-`))
    .map(([, value]) => String(value))
}
