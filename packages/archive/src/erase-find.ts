import { findNamed } from './erase-find-named.ts'
import type { ErasureSettings } from './erase-options.ts'
import { edited } from './erase-pieces.ts'
import { nothingLeft, unknownLine, unknownRecords } from './erase-refusals.ts'
import type { SourceBag } from './erase-source.ts'
import { type ArchivedLine, Traces } from './erase-traces.ts'
import { lineIdentifier } from './line-identifier.ts'
import { type Tombstone, tombstoneOf } from './tombstone.ts'

/** What is to be erased. */
export interface FoundRecords {
  readonly indexes: ReadonlySet<number>
  readonly alreadyErased: readonly Tombstone[]
  readonly traces: Traces
  /** Conversations that only reports name: this archive has no line of them. */
  readonly named: number
}

/**
 * Looks through the master for the conversations that were named. Holds one line at a time, and of what it finds the ids.
 *
 * @throws CustodyError `ERASE_UNKNOWN_RECORD`, `ERASE_ALREADY_ERASED`, `ERASE_LINE`
 */
export async function findRecords(
  bag: SourceBag,
  { conversations, records, plan }: ErasureSettings,
  onPart: () => void,
): Promise<FoundRecords> {
  const indexes = new Set<number>()
  const alreadyErased: Tombstone[] = []
  const traces = new Traces()
  let index = 0
  for (const path of bag.parts()) {
    const lines = edited(path, bag.read(path), 'lines', (line) => {
      const isAsked = records.has(index)
      const tombstone = tombstoneOf(line)
      if (tombstone) {
        if (isAsked) alreadyErased.push(tombstone)
      } else if (isAsked || (conversations.size > 0 && conversations.has(identifierOf(line) ?? ''))) {
        indexes.add(index)
        traces.add(archivedLine(line, path))
      }
      index += 1
      return null
    })
    for await (const _ of lines);
    onPart()
  }
  const others = new Set([...conversations].filter((identifier) => !traces.identifiers.has(identifier)))
  const named = others.size > 0 ? await findNamed(bag, others, traces) : 0
  const unknown = others.size - named + [...records].filter((record) => record >= index).length
  if (unknown > 0) throw unknownRecords(unknown, bag.path)
  if (indexes.size + named === 0 && !plan) throw nothingLeft(alreadyErased.length, bag.path)
  return { indexes, alreadyErased, traces, named }
}

/** The identifier of a line of the master; null where it has none. */
export function identifierOf(line: Buffer): string | null {
  const identifier = lineIdentifier(line)
  if (identifier !== null) return identifier
  try {
    const { conversation } = JSON.parse(line.toString()) as Partial<ArchivedLine>
    return conversation?.identifier ?? null
  } catch {
    return null
  }
}

/**
 * Reads a line of the master whole.
 *
 * @throws CustodyError `ERASE_LINE` where it is none: what it holds could not be told from what others hold
 */
export function archivedLine(line: Buffer, path: string): ArchivedLine {
  try {
    const parsed = JSON.parse(line.toString()) as ArchivedLine
    const lists = [parsed.sessions, parsed.participants, parsed.entries]
    if (typeof parsed.conversation.identifier === 'string' && lists.every(Array.isArray)) return parsed
  } catch {
    // Told below, like every other line that is none.
  }
  throw unknownLine(path)
}
