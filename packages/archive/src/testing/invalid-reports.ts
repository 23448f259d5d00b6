import { remanifest } from './bag-files.ts'
import {
  AUDIT,
  add,
  counts,
  GAPS,
  type InvalidBag,
  inTurn,
  lines,
  remove,
  run,
  text,
  withoutFirst,
} from './damage-bag.ts'
import { rebag } from './rebag.ts'

/** What other files say of the master; whoever made these also made the manifests anew. */
export const invalidReports: readonly InvalidBag[] = [
  ...[
    'found',
    'conversations',
    'entries',
    'attachments',
    'excluded',
    'gaps',
    'rejects',
    'matched',
    'missing',
    'extra',
    'differs',
    'unknown',
    'countedOnly',
  ].map((name) => ({ name: `run.json that lies about ${name}`, code: 'RUN_COUNTS', damage: counts(name, 999) })),
  ...['entriesBySource', 'redactionsByType', 'differences', 'drops'].map((name) => ({
    name: `run.json that lies about ${name}`,
    code: 'RUN_COUNTS',
    damage: counts(name, { other: 1 }),
  })),
  { name: 'run.json that says complete', code: 'RUN_VERDICT', damage: run((it) => ({ ...it, verdict: 'complete' })) },
  { name: 'run.json with another size', code: 'PAYLOAD_OXUM', damage: run((it) => ({ ...it, payloadOxum: '1.1' })) },
  { name: 'run.json of a later version', code: 'FORMAT_UNKNOWN', damage: run((it) => ({ ...it, v: 2 })) },
  {
    name: 'run.json with a key twice',
    code: 'RUN_JSON',
    damage: inTurn(
      text('run.json', (it) => it.replace('"v": 1,', '"v": 1,\n  "v": 1,')),
      remanifest,
    ),
  },
  { name: 'run.json with an unknown key', code: 'RUN_JSON', damage: run((it) => ({ ...it, more: 1 })) },
  {
    name: 'run.json that says there is no CSV',
    code: 'FILE_UNEXPECTED',
    damage: run((it) => ({ ...it, formats: ['jsonl'] })),
  },
  {
    name: 'run.json that says there are no transcripts',
    code: 'FILE_UNEXPECTED',
    damage: run((it) => ({ ...it, formats: ['jsonl', 'csv'] })),
  },
  {
    name: 'transcripts that are missing',
    code: 'FILE_MISSING',
    damage: inTurn(remove('data/transcripts/index.html'), rebag),
  },
  { name: 'a table that is missing', code: 'FILE_MISSING', damage: inTurn(remove('data/csv/entries.csv'), rebag) },
  ...['conversations', 'entries', 'participants'].map((name) => ({
    name: `${name}.csv without a row`,
    code: 'CSV_DIFFERS',
    damage: inTurn(
      lines(`data/csv/${name}.csv`, (all) => all.slice(0, -1)),
      rebag,
    ),
  })),
  {
    name: 'a formula that runs in entries.csv',
    code: 'CSV_DIFFERS',
    damage: inTurn(
      text('data/csv/entries.csv', (it) => it.replace("'=SUM", '=SUM')),
      rebag,
    ),
  },
  { name: 'a table without its header', code: 'CSV_FORM', damage: inTurn(lines(GAPS, withoutFirst), rebag) },
  {
    name: 'a gap that is left out',
    code: 'GAPS_DIFFER',
    damage: inTurn(
      lines(GAPS, ([header = '', , ...rest]) => [header, ...rest]),
      rebag,
    ),
  },
  {
    name: 'quotes that need not be',
    code: 'CSV_FORM',
    damage: inTurn(
      text(GAPS, (it) => it.replace('RECONCILIATION_MISSING', '"$&"')),
      rebag,
    ),
  },
  {
    name: 'a quote that stays open',
    code: 'CSV_FORM',
    damage: inTurn(
      text(GAPS, (it) => `${it}"`),
      rebag,
    ),
  },
  {
    name: 'a conversation said to be another',
    code: 'RECONCILIATION_DIFFERS',
    damage: inTurn(
      text('data/reports/reconciliation.csv', (it) => it.replace('-000000000001', '-000000000009')),
      rebag,
    ),
  },
  {
    name: 'a reject of another shape',
    code: 'JSON_SHAPE',
    damage: inTurn(
      text('data/reports/rejects.jsonl', (it) => it.replace('"v":1', '"v":"1"')),
      rebag,
    ),
  },
  {
    name: 'a redaction with a key twice',
    code: 'JSON_FORM',
    damage: inTurn(
      text('data/reports/redactions.jsonl', (it) => it.replace('"v":1', '"v":1,"v":1')),
      rebag,
    ),
  },
  {
    name: 'an attachment that no message names',
    code: 'ATTACHMENT_UNNAMED',
    damage: inTurn(add(`data/attachments/${'a'.repeat(64)}`), rebag),
  },
  {
    name: 'an attachment under another name',
    code: 'ATTACHMENT_NAME',
    damage: inTurn(add('data/attachments/bill.pdf'), rebag),
  },
  {
    name: 'an attachment with other bytes',
    code: 'ATTACHMENT_NAME',
    damage: inTurn((files) => {
      for (const [path, bytes] of files)
        if (path.includes('attachments/')) files.set(path, String(bytes).replace('bill', 'pill'))
    }, rebag),
  },
  {
    name: 'an attachment that is not there',
    code: 'ATTACHMENT_MISSING',
    damage: inTurn((files) => {
      for (const path of [...files.keys()]) if (path.includes('attachments/')) files.delete(path)
    }, rebag),
  },
  {
    name: 'a schema of somebody else',
    code: 'SCHEMA_DIFFERS',
    damage: inTurn(
      text('schema/run.schema.json', (it) => it.replace('UTC', 'CET')),
      remanifest,
    ),
  },
  {
    name: 'a schema too many',
    code: 'FILE_UNKNOWN',
    damage: inTurn(add('schema/more.schema.json', '{}\n'), remanifest),
  },
  {
    name: 'a schema that is missing',
    code: 'FILE_MISSING',
    damage: inTurn(remove('schema/run.schema.json'), remanifest),
  },
  {
    name: 'an audit line edited',
    code: 'AUDIT_CHAIN',
    damage: inTurn(
      text(AUDIT, (it) => it.replace('archive.start', 'archive.stops')),
      remanifest,
    ),
  },
  {
    name: 'an audit line removed',
    code: 'AUDIT_CHAIN',
    damage: inTurn(
      lines(AUDIT, ([a = '', , c = '']) => [a, c]),
      remanifest,
    ),
  },
  {
    name: 'an audit line of another shape',
    code: 'JSON_SHAPE',
    damage: inTurn(
      text(AUDIT, (it) => it.replace('"detail":{}', '"detail":{"text":[]}')),
      remanifest,
    ),
  },
]
