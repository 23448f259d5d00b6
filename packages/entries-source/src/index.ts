export { type ConnectEntriesOptions, connectEntries, readConnectEntries } from './connect.ts'
export type { ReadEntries, ReaderOptions } from './reader.ts'
export { type EntriesOptions, entries, readEntries } from './source.ts'
export { connectWire, defaultApiVersion, defaultWire, type EntriesWire } from './wire.ts'
