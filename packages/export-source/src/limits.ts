/** What a ZIP may ask of its reader. */
export interface ExportLimits {
  /** Entries of one ZIP. @defaultValue 100,000 */
  readonly entries: number
  /** ZIPs within each other, the outermost included. @defaultValue 3 */
  readonly depth: number
  /** Bytes of one ZIP, all within it included, once unpacked. @defaultValue 256 GiB */
  readonly unpackedBytes: number
  /** Times that an entry, or a ZIP with all within it, may grow. Text grows by 5 to 20. @defaultValue 200 */
  readonly ratio: number
  /** Below this size growth does not matter. @defaultValue 1 MiB */
  readonly ratioFromBytes: number
  /** One row of a table, one element of a JSON list. @defaultValue 64 MiB */
  readonly rowBytes: number
}

const MIB = 1024 * 1024

/** The bounds within which files of others are read. */
export const defaultLimits: ExportLimits = {
  entries: 100_000,
  depth: 3,
  unpackedBytes: 256 * 1024 * MIB,
  ratio: 200,
  ratioFromBytes: MIB,
  rowBytes: 64 * MIB,
}
