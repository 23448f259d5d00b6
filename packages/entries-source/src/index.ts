export { type EntriesOptions, entries, type ReadEntries, readEntries } from './source.ts'
export { defaultWire, type EntriesWire } from './wire.ts'
