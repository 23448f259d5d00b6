export { createSpool, type SpoolOptions } from './create-spool.ts'
export {
  aliasOf,
  type GroupReaderOptions,
  groupReader,
  keysOfConversation,
  type SpooledReader,
  type SpooledReadOptions,
} from './group-reader.ts'
export type { Group, SealedSpool, Spool } from './spool.ts'
export type { SpoolFile, SpoolFiles } from './spool-files.ts'
export { type SpooledReaderOptions, spooledReader } from './spooled-reader.ts'
