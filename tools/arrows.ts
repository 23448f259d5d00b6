/**
 * Which packages of ours each package may import: the arrows of ARCHITECTURE.md, in one place.
 *
 * apps -> sources, stages, sinks, archive, erasure -> ledger, http, auth -> pipeline, model
 */
export const arrows: Readonly<Record<string, readonly string[]>> = {
  pipeline: [],
  model: [],

  ...each(['http', 'ledger'], ['pipeline', 'model']),
  schedule: ['pipeline'],
  'file-lock': ['pipeline'],
  threads: ['pipeline'],
  journal: ['file-lock', 'http', 'pipeline'],
  auth: ['http', 'pipeline', 'model'],
  spool: ['pipeline', 'model'],

  // No source imports a sink or another source: what they share stands below them.
  ...each(
    [
      'records-source',
      'entries-source',
      'data360-source',
      'export-source',
      'attachments',
      'redact',
      'sinks',
      'erasure',
    ],
    ['ledger', 'http', 'auth', 'spool', 'pipeline', 'model'],
  ),
  // Proof. None of it knows what an archive is.
  ...each(['seal', 'timestamp'], ['pipeline']),
  ...each(['keys', 'audit-log'], ['seal', 'file-lock', 'pipeline']),
  convert: ['archive', 'sinks', 'pipeline', 'model'],
  report: ['archive', 'sinks', 'model'],
  archive: ['sinks', 'seal', 'timestamp', 'ledger', 'http', 'auth', 'pipeline', 'model'],

  // Pages of an archive; it is given them, and knows none.
  transcripts: ['archive', 'sinks', 'pipeline', 'model'],

  // For tests, and for trying things out without an org.
  ...each(['emulator', 'testkit'], ['pipeline', 'model']),
}

/** Only tests use these, and what is never published; the app has the emulator on board for its demo. */
export const testOnly: readonly string[] = ['testkit', 'emulator']

function each(names: readonly string[], allowed: readonly string[]): Record<string, readonly string[]> {
  return Object.fromEntries(names.map((name) => [name, allowed]))
}
