import { hkdfSync } from 'node:crypto'

/** Under which names and digests of entries are kept: of its own, so that nothing else of the org's secret shows by them. */
export function ledgerKey(archiveSecret: Uint8Array): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', archiveSecret, '', 'custody/ledger/v1', 32))
}
