import type { Conversation } from '@custody/model'
import type { Stage } from '@custody/pipeline'
import { withFallback } from './fallback.ts'
import { createReader, type ReadEntries, type Reader, type ReaderOptions, readerStage, singleReader } from './reader.ts'
import { defaultWire, type EntriesWire } from './wire.ts'

/** What {@link entries} asks, and what it may fall back to. */
export interface EntriesOptions extends ReaderOptions {
  /**
   * Reads a conversation that cannot be had the first way for a reason of its own; the reject `ENTRIES_BY_FALLBACK` says so.
   * A failure of the run stays one. @defaultValue none: such a conversation is refused
   */
  readonly fallback?: ReadEntries
  /** What is taken for granted about the endpoint. @defaultValue {@link defaultWire} */
  readonly wire?: EntriesWire
}

/**
 * The stage that fills each conversation of the census with its entries from the Conversation Data API.
 *
 * A conversation whose entries cannot be had, or not proven whole, becomes a reject and the run goes on.
 *
 * @throws CustodyError on failures that are not one conversation's own: signing in, the limit of the day, an org that stays
 * unavailable or whose pages have another form.
 */
export function entries(options: EntriesOptions): Stage<Conversation, Conversation> {
  return readerStage(createEntriesReader(options), options)
}

/**
 * Reads single conversations, for whoever needs one again.
 *
 * @throws CustodyError also where the stage would refuse, with the code of the reject.
 */
export function readEntries(options: EntriesOptions): ReadEntries {
  return singleReader(createEntriesReader(options))
}

function createEntriesReader({ wire = defaultWire, fallback, ...options }: EntriesOptions): Reader {
  const read = createReader(options, { wire, actions, blindSpots: () => [] })
  return fallback ? withFallback(read, fallback) : read
}

const actions: readonly string[] = [
  'Check in Setup that the Conversation Service API is on.',
  'Check the address and version of the API, and that the app issues JWT-based access tokens.',
  'Check the wire names of the entries source against the answers of the org.',
]
