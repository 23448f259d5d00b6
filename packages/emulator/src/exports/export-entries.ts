import type { OrgState } from '../server/org-state.ts'
import type { Outline } from '../world/outline.ts'
import type { Step } from '../world/script.ts'

/** What exports are made from. */
export type ExportedOrg = Pick<OrgState, 'world' | 'switches' | 'losses' | 'clock' | 'schema' | 'deletions'>

/** One entry on its way into an export. */
export interface ExportedEntry {
  readonly outline: Outline
  readonly step: Step
}

/** How many conversations lie mixed up in one another. */
const mixed = 200

export interface EntryRange {
  /** Which part of how many, from 0. */
  readonly part: number
  readonly parts: number
  readonly order: 'grouped' | 'interleaved'
}

/**
 * The entries of one part: all of the history over all parts, whatever the window. A border between parts goes through
 * the middle of a conversation. What the export loses is left out.
 */
export function* exportEntries(org: ExportedOrg, range: EntryRange): Iterable<ExportedEntry> {
  const { part, parts } = range
  if (parts > 1 && part === parts - 1 && org.losses.losesLastPage('transcript-export')) return
  const entries = range.order === 'grouped' ? grouped(org, range) : interleaved(org, range)
  if (parts > 1 || !org.losses.losesLastPage('transcript-export')) return yield* entries
  let held: ExportedEntry | undefined
  for (const entry of entries) {
    if (held) yield held
    held = entry
  }
}

function* grouped(org: ExportedOrg, range: EntryRange): Iterable<ExportedEntry> {
  for (let index = firstOf(org, range); index < endOf(org, range); index++) yield* entriesOf(org, range, index)
}

/** By turns an entry of each of a few hundred conversations: nobody sorted the export. */
function* interleaved(org: ExportedOrg, range: EntryRange): Iterable<ExportedEntry> {
  const end = endOf(org, range)
  for (let first = firstOf(org, range); first < end; first += mixed) {
    const count = Math.min(mixed, end - first)
    const queues = Array.from({ length: count }, (_, k) => entriesOf(org, range, first + k)[Symbol.iterator]())
    for (let open = queues; open.length > 0; ) {
      const still: Iterator<ExportedEntry>[] = []
      for (const queue of open) {
        const next = queue.next()
        if (next.done) continue
        yield next.value
        still.push(queue)
      }
      open = still
    }
  }
}

function* entriesOf(org: ExportedOrg, range: EntryRange, index: number): Iterable<ExportedEntry> {
  const { world, losses } = org
  const absent = org.deletions.absent('transcript-export')
  const { outline, steps } = world.conversation(index)
  const [from, to] = [border(world.conversations, range, 0), border(world.conversations, range, 1)]
  for (const [k, step] of steps.entries()) {
    const place = index + k / steps.length
    if (place < from || place >= to || losses.lost('transcript-export', index, step)) continue
    if (!absent.entry(index, step)) yield { outline, step }
  }
}

/** Where a part begins, or the one behind it, counted in conversations. */
function border(conversations: number, { part, parts }: EntryRange, behind: 0 | 1): number {
  const number = part + behind
  if (number === 0) return 0
  return number === parts ? conversations : Math.floor((number * conversations) / parts) + 0.5
}

function firstOf({ world }: ExportedOrg, range: EntryRange): number {
  return Math.floor(border(world.conversations, range, 0))
}

function endOf({ world }: ExportedOrg, range: EntryRange): number {
  return Math.min(world.conversations, Math.ceil(border(world.conversations, range, 1)))
}
