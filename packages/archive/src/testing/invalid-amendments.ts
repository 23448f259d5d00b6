import { digestOf } from './amendment.ts'
import { type InvalidBag, inTurn, lines, remove, run, text } from './damage-bag.ts'
import { rebag, recommit } from './rebag.ts'

const AMENDMENTS = 'data/reports/amendments.csv'
const RECONCILIATION = 'data/reports/reconciliation.csv'

const rows = (change: (lines: string[]) => readonly string[]): InvalidBag['damage'] =>
  inTurn(lines(AMENDMENTS, change), rebag)
const row = (change: (text: string) => string): InvalidBag['damage'] => inTurn(text(AMENDMENTS, change), rebag)
const amends = (changes: object): InvalidBag['damage'] =>
  run((it) => ({ ...it, amends: { ...(it['amends'] as object), ...changes } }))

/** Ways to make the archive of `amendmentFiles()` invalid, by somebody who makes everything anew that hangs on it. */
export const invalidAmendments: readonly InvalidBag[] = [
  { name: 'a late entry that is not told', code: 'AMENDMENTS_DIFFER', damage: rows((all) => all.toSpliced(2, 1)) },
  {
    name: 'a row about an entry that is not here',
    code: 'AMENDMENTS_DIFFER',
    damage: row((it) => it.replace(/^late.*1-late.*$/m, (late) => `${late}\n${late.replace('1-late', '1-later')}`)),
  },
  {
    name: 'rows in another order',
    code: 'AMENDMENTS_DIFFER',
    damage: rows(([header = '', one = '', two = '', ...more]) => [header, two, one, ...more]),
  },
  {
    name: 'a row about another conversation',
    code: 'AMENDMENTS_DIFFER',
    damage: row((it) => it.replace('-000000000001', '-000000000009')),
  },
  {
    name: 'a row of another time',
    code: 'AMENDMENTS_DIFFER',
    damage: row((it) => it.replace('2026-10-01T00:01', '2026-10-01T00:02')),
  },
  {
    name: 'a master without an entry that is told',
    code: 'AMENDMENTS_DIFFER',
    damage: inTurn(
      text('data/conversations/part-00001.jsonl', (it) => it.replace('"entryId":"1-late"', '"entryId":"1-lost"')),
      recommit,
    ),
  },
  {
    name: 'a row that says vanished of an entry that is here',
    code: 'AMENDMENTS_DIFFER',
    damage: row((it) => it.replace(/^changed(,.*),[0-9a-f]{64},(?=acme)/m, 'vanished$1,,')),
  },
  {
    name: 'a row as if it were erased',
    code: 'AMENDMENTS_DIFFER',
    damage: row((it) => it.replace(/^vanished,[0-9a-f]+,,,[^,]*,[^,]*,/m, 'vanished,erased,,,erased,erased,')),
  },
  { name: 'no row at all', code: 'AMENDMENTS_EMPTY', damage: rows((all) => all.slice(0, 1)) },
  {
    name: 'vanished entries by a reading that missed something',
    code: 'VANISHED_UNPROVEN',
    damage: inTurn(
      text(RECONCILIATION, (it) => it.replace(',matched,,false,', ',missing,fewer,false,')),
      text('data/reports/gaps.csv', (it) => `${it},,messages,,RECONCILIATION_MISSING,,,fewer,look\r\n`),
      run((it) => ({
        ...it,
        verdict: 'incomplete',
        counts: { ...(it['counts'] as object), matched: 2, missing: 1, gaps: 1 },
      })),
      text('bag-info.txt', (it) => it.replace(/(?<=^Archive-Verdict: ).*/m, 'incomplete')),
      rebag,
    ),
  },
  { name: 'a kind that there is not', code: 'AMENDMENT_ROW', damage: row((it) => it.replace(/^late/m, 'early')) },
  {
    name: 'a late entry that another archive has',
    code: 'AMENDMENT_ROW',
    damage: row((it) => it.replace(/^(late,.*,)\r$/m, '$1acme-2026-10-01--2026-11-01\r')),
  },
  {
    name: 'a late entry with what it was',
    code: 'AMENDMENT_ROW',
    damage: row((it) => it.replace(/^(late,.*),,(?=[0-9a-f]{64},\r$)/m, `$1,${digestOf('before')},`)),
  },
  {
    name: 'a changed entry without what it was',
    code: 'AMENDMENT_ROW',
    damage: row((it) => it.replace(digestOf('before 1-1'), '')),
  },
  {
    name: 'a digest that is none',
    code: 'AMENDMENT_ROW',
    damage: row((it) => it.replace(digestOf('after 1-late'), 'f00d')),
  },
  {
    name: 'a vanished entry outside of the window',
    code: 'AMENDMENT_ROW',
    damage: row((it) => it.replace(/^(vanished.*)2026-10-01T00:00/m, '$12026-11-01T00:00')),
  },
  {
    name: 'a vanished entry twice',
    code: 'AMENDMENT_ROW',
    damage: rows((all) => [...all, all.at(-1) ?? '']),
  },
  {
    name: 'an erased row that keeps an id',
    code: 'AMENDMENT_ROW',
    damage: row((it) => it.replace(/^vanished,[0-9a-f]+,([^,]+)/m, 'vanished,erased,$1')),
  },
  { name: 'no table', code: 'FILE_MISSING', damage: inTurn(remove(AMENDMENTS), rebag) },
  { name: 'a table of another form', code: 'CSV_FORM', damage: row((it) => it.replace('kind,', 'type,')) },
  { name: 'run.json that lies about late', code: 'RUN_COUNTS', damage: amends({ late: 3 }) },
  { name: 'run.json that lies about changed', code: 'RUN_COUNTS', damage: amends({ changed: 0 }) },
  { name: 'run.json that lies about vanished', code: 'RUN_COUNTS', damage: amends({ vanished: 1 }) },
  { name: 'run.json that names another archive', code: 'AMENDS_NAME', damage: amends({ archive: 'acme-other' }) },
  { name: 'run.json with another number', code: 'AMENDS_NAME', damage: amends({ number: 2 }) },
  { name: 'run.json with a word more', code: 'RUN_JSON', damage: amends({ more: 1 }) },
  {
    name: 'run.json that does not say that it amends',
    code: 'FILE_UNEXPECTED',
    damage: run(({ amends: _, ...it }) => it),
  },
  {
    name: 'an archive of its own that leaves conversations out',
    code: 'RECONCILIATION_DIFFERS',
    damage: inTurn(
      run(({ amends: _, ...it }) => it),
      remove(AMENDMENTS),
      rebag,
    ),
  },
  {
    name: 'an archive of its own by the name of an amendment',
    code: 'AMENDS_NAME',
    damage: run(({ amends: _, ...it }) => it),
  },
  {
    name: 'bag-info.txt that does not say what is amended',
    code: 'BAG_INFO_DIFFERS',
    damage: inTurn(
      text('bag-info.txt', (it) => it.replace(/^Archive-Amends: .*\n/m, '')),
      rebag,
    ),
  },
  {
    name: 'bag-info.txt that says another archive',
    code: 'BAG_INFO_DIFFERS',
    damage: inTurn(
      text('bag-info.txt', (it) => it.replace(/(?<=^Archive-Amends: ).*/m, 'acme-other')),
      rebag,
    ),
  },
  {
    name: 'a conversation said to be here that is not',
    code: 'RECONCILIATION_DIFFERS',
    damage: inTurn(
      text(RECONCILIATION, (it) => it.replace(',matched,,false,', ',matched,,true,')),
      rebag,
    ),
  },
]
