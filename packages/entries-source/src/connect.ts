import type { Conversation } from '@custody/model'
import { type Stage, usageError } from '@custody/pipeline'
import { connectBlindSpots } from './connect-blind-spots.ts'
import { createReader, type ReadEntries, type Reader, type ReaderOptions, readerStage, singleReader } from './reader.ts'
import { connectWire, defaultApiVersion, type EntriesWire } from './wire.ts'

/** What {@link connectEntries} asks, and in which version of the API. */
export interface ConnectEntriesOptions extends ReaderOptions {
  /** As `66.0`. @defaultValue {@link defaultApiVersion} */
  readonly apiVersion?: string
  /** What is taken for granted about the endpoint. @defaultValue {@link connectWire} of the version */
  readonly wire?: EntriesWire
}

/**
 * The stage that fills each conversation of the census with its entries from Connect REST: the text of messages, without
 * rich content, events and, in most orgs, bots. What a conversation lacks for that reason is rejected within it.
 *
 * For orgs without the Conversation Data API: three requests a conversation or more, of 1,000 an hour.
 *
 * @throws CustodyError as `entries` does
 */
export function connectEntries(options: ConnectEntriesOptions): Stage<Conversation, Conversation> {
  return readerStage(createConnectReader(options), options)
}

/**
 * Reads single conversations from Connect REST, for whoever needs one again, or as the `fallback` of `entries`.
 *
 * @throws CustodyError also where the stage would refuse, with the code of the reject.
 */
export function readConnectEntries(options: ConnectEntriesOptions): ReadEntries {
  return singleReader(createConnectReader(options))
}

function createConnectReader({ apiVersion = defaultApiVersion, wire, ...options }: ConnectEntriesOptions): Reader {
  if (!/^\d{2,3}\.0$/.test(apiVersion)) {
    throw usageError('CONNECT_API_VERSION', 'connectEntries: apiVersion must look like 66.0')
  }
  return createReader(options, { wire: wire ?? connectWire(apiVersion), actions, blindSpots: connectBlindSpots })
}

const actions: readonly string[] = [
  'Check that the execution user may read conversations through Connect REST.',
  'Check the instance address and apiVersion: the resource exists since 51.0.',
  'Check the wire names of the entries source against the answers of the org.',
]
