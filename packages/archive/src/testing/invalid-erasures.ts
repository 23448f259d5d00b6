import { remanifest } from './bag-files.ts'
import { type InvalidBag, inTurn, LEAVES, lines, PART, RECORDS, remove, run, text, withoutFirst } from './damage-bag.ts'
import { eraseFirst, erasureId, rebag } from './rebag.ts'

/** Whoever made these had erased a conversation before. */
export const invalidErasures: readonly InvalidBag[] = [
  {
    name: 'a tombstone without an erasure',
    code: 'ERASURE_UNKNOWN',
    damage: inTurn(
      eraseFirst,
      text('integrity/erasures.jsonl', (it) => it.replace('[0]', '[7]')),
      remanifest,
    ),
  },
  {
    name: 'an erasure without a tombstone',
    code: 'ERASURE_UNDONE',
    damage: inTurn(
      eraseFirst,
      text('integrity/erasures.jsonl', (it) => it.replace('[0]', '[0,1]')),
      remanifest,
    ),
  },
  {
    name: 'a tombstone in the master alone',
    code: 'RECORDS_DIFFER',
    damage: inTurn((files) => {
      const records = files.get(RECORDS) ?? ''
      eraseFirst(files).set(RECORDS, records)
    }, remanifest),
  },
  {
    name: 'a tombstone of another erasure',
    code: 'ERASURE_UNKNOWN',
    damage: inTurn(
      eraseFirst,
      text(PART, (it) => it.replace(erasureId, 'ER-QQQQQQQQQQQQQQQQ')),
      rebag,
    ),
  },
  {
    name: 'a tombstone of another record',
    code: 'TOMBSTONE_INDEX',
    damage: inTurn(
      eraseFirst,
      text(PART, (it) => it.replace(':0,', ':1,')),
      rebag,
    ),
  },
  {
    name: 'a tombstone that is nearly one',
    code: 'JSON_SHAPE',
    damage: inTurn(
      eraseFirst,
      text(PART, (it) => it.replace('{"v"', '{"x":1,"v"')),
      rebag,
    ),
  },
  {
    name: 'an erasure told twice',
    code: 'ERASURE_TWICE',
    damage: inTurn(
      eraseFirst,
      lines('integrity/erasures.jsonl', (all) => [...all, ...all]),
      remanifest,
    ),
  },
  {
    name: 'erasures that are not there',
    code: 'FILE_MISSING',
    damage: inTurn(eraseFirst, remove('integrity/erasures.jsonl'), remanifest),
  },
  {
    name: 'run.json that does not count the erased',
    code: 'RUN_ERASED',
    damage: inTurn(
      eraseFirst,
      run(({ erased: _, ...it }) => it),
    ),
  },
  {
    name: 'an erased conversation in a table',
    code: 'CSV_DIFFERS',
    damage: (files) => {
      const entries = files.get('data/csv/entries.csv') ?? ''
      rebag(eraseFirst(files).set('data/csv/entries.csv', entries))
    },
  },
  {
    name: 'an erased conversation in a report',
    code: 'RECONCILIATION_DIFFERS',
    damage: (files) => {
      const path = 'data/reports/reconciliation.csv'
      const rows = files.get(path) ?? ''
      rebag(eraseFirst(files).set(path, rows))
    },
  },
  {
    name: 'an erased leaf that is gone',
    code: 'RECORDS_ROOT',
    damage: inTurn(eraseFirst, lines(LEAVES, withoutFirst), remanifest),
  },
]
