export { createSpool, type SpoolOptions } from './create-spool.ts'
export type { Group, SealedSpool, Spool } from './spool.ts'
export type { SpoolFile, SpoolFiles } from './spool-files.ts'
export {
  type SpooledReader,
  type SpooledReaderOptions,
  type SpooledReadOptions,
  spooledReader,
} from './spooled-reader.ts'
