import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { folderOf, remanifest } from './bag-files.ts'
import { changeRun, eraseFirst, erasureId, linesOf, rebag, recommit } from './rebag.ts'

type BagFiles = Map<string, Buffer | string>

/** A way to make the archive of `richBagFiles()` invalid. */
export interface InvalidBag {
  readonly name: string
  /** The finding that names it; there may be others. */
  readonly code: string
  readonly damage: (files: BagFiles) => void
  /** What cannot be said by files alone. */
  readonly inFolder?: (folder: string) => void
}

const MANIFEST = 'manifest-sha256.txt'
const TAGS = 'tagmanifest-sha256.txt'
const INFO = 'bag-info.txt'
const PART = 'data/conversations/part-00001.jsonl'
const RECORDS = 'integrity/records.jsonl'
const LEAVES = 'integrity/leaves.txt'
const AUDIT = 'audit/audit.jsonl'
const GAPS = 'data/reports/gaps.csv'
const zeros = '0'.repeat(64)

/** Writes the bag into a folder of its own, damaged. */
export function writeInvalidBag({ damage, inFolder }: InvalidBag, files: BagFiles): string {
  damage(files)
  const folder = folderOf(files)
  inFolder?.(folder)
  return folder
}

/** Changes the text of a file and nothing else. */
function text(path: string, change: (text: string) => string): (files: BagFiles) => void {
  return (files) => void files.set(path, change(String(files.get(path))))
}

/** Changes lines of a file and nothing else. */
function lines(path: string, change: (lines: string[]) => readonly string[]): (files: BagFiles) => void {
  return (files) => void files.set(path, change(linesOf(files, path)).join(''))
}

function then(...steps: readonly ((files: BagFiles) => unknown)[]): (files: BagFiles) => void {
  return (files) => {
    for (const step of steps) step(files)
  }
}

/** Changes the first line of the master, and makes everything anew that depends on it. */
function master(change: (line: string) => string): (files: BagFiles) => void {
  return then(text(PART, change), recommit)
}

function run(change: (run: Record<string, unknown>) => object): (files: BagFiles) => void {
  return then((files) => changeRun(files, change), remanifest)
}

function counts(name: string, value: unknown): (files: BagFiles) => void {
  return run((document) => ({ ...document, counts: { ...(document['counts'] as object), [name]: value } }))
}

function add(path: string, content: string | Buffer = 'x'): (files: BagFiles) => void {
  return (files) => void files.set(path, content)
}

function remove(path: string): (files: BagFiles) => void {
  return (files) => void files.delete(path)
}

const swapFirstTwo = ([first = '', second = '', ...rest]: string[]): string[] => [second, first, ...rest]
const withoutFirst = (all: string[]): string[] => all.slice(1)

/** As BagIt's own rules have it: RFC 8493, and our stricter form of manifests and paths. */
const bags: readonly InvalidBag[] = [
  { name: 'a payload file that is not there', code: 'FILE_MISSING', damage: remove(GAPS) },
  { name: 'a tag file that is not there', code: 'FILE_MISSING', damage: remove('VERIFY.txt') },
  { name: 'no payload manifest', code: 'FILE_MISSING', damage: remove(MANIFEST) },
  { name: 'no tag manifest', code: 'FILE_MISSING', damage: remove(TAGS) },
  { name: 'no bag-info.txt', code: 'FILE_MISSING', damage: then(remove(INFO), remanifest, remove(INFO)) },
  { name: 'a manifest without a line', code: 'FILE_NOT_LISTED', damage: lines(MANIFEST, withoutFirst) },
  { name: 'a tag manifest without a line', code: 'FILE_NOT_LISTED', damage: lines(TAGS, withoutFirst) },
  { name: 'a manifest line twice', code: 'MANIFEST_LINE', damage: lines(MANIFEST, ([a = '', ...b]) => [a, a, ...b]) },
  { name: 'manifest lines swapped', code: 'MANIFEST_ORDER', damage: lines(MANIFEST, swapFirstTwo) },
  { name: 'a payload file too many', code: 'FILE_NOT_LISTED', damage: add('data/extra.txt') },
  { name: 'a tag file too many', code: 'FILE_NOT_LISTED', damage: add('notes.txt') },
  { name: 'a listed file of no known kind', code: 'FILE_UNKNOWN', damage: then(add('data/extra.exe'), rebag) },
  { name: 'a byte order mark in the manifest', code: 'MANIFEST_LINE', damage: text(MANIFEST, (it) => `\uFEFF${it}`) },
  { name: 'a byte order mark in bagit.txt', code: 'BAGIT_TXT', damage: text('bagit.txt', (it) => `\uFEFF${it}`) },
  { name: 'BagIt 0.97', code: 'BAGIT_TXT', damage: text('bagit.txt', (it) => it.replace('1.0', '0.97')) },
  { name: 'another encoding', code: 'BAGIT_TXT', damage: text('bagit.txt', (it) => it.replace('UTF-8', 'UTF-16')) },
  ...[
    'data/../../etc/passwd',
    '/etc/passwd',
    '~root/.profile',
    'data\\x',
    'data/./x',
    'data//x',
    'C:/x',
    'data/a%0Ab',
  ].map((path) => ({
    name: `a manifest that names ${path}`,
    code: 'MANIFEST_LINE',
    damage: text(MANIFEST, (it) => `${it}${zeros}  ${path}\n`),
  })),
  { name: 'a hidden file', code: 'PATH', damage: then(add('data/.hidden'), remanifest) },
  { name: 'a file named like a device', code: 'PATH', damage: then(add('data/con.txt'), remanifest) },
  { name: 'a backslash in a name', code: 'PATH', damage: then(add('data\\x'), remanifest) },
  { name: 'names that differ in case', code: 'PATH_DUPLICATE', damage: then(add('data/reports/GAPS.csv'), rebag) },
  {
    name: 'names that differ in their Unicode form',
    code: 'PATH',
    damage: then(add('data/\u00e9'), add('data/e\u0301'), rebag),
  },
  {
    name: 'a wrong Payload-Oxum',
    code: 'PAYLOAD_OXUM',
    damage: then(
      text(INFO, (it) => it.replace(/(?<=Oxum: )\d/, '9')),
      remanifest,
    ),
  },
  {
    name: 'Payload-Oxum twice',
    code: 'PAYLOAD_OXUM',
    damage: then(
      text(INFO, (it) => it.replace(/Payload-Oxum.*\n/, '$&$&')),
      remanifest,
    ),
  },
  {
    name: 'two spaces behind a label',
    code: 'BAG_INFO_DIFFERS',
    damage: then(
      text(INFO, (it) => it.replace('Archive-Mode: ', 'Archive-Mode:  ')),
      remanifest,
    ),
  },
  {
    name: 'a label without a colon',
    code: 'BAG_INFO',
    damage: then(
      text(INFO, (it) => `${it}nothing\n`),
      remanifest,
    ),
  },
  {
    name: 'another mode in bag-info.txt',
    code: 'BAG_INFO_DIFFERS',
    damage: then(
      text(INFO, (it) => it.replace('redacted', 'plain')),
      remanifest,
    ),
  },
  { name: 'a manifest whose last line is cut', code: 'MANIFEST_LINE', damage: text(MANIFEST, (it) => it.slice(0, -5)) },
  {
    name: 'a manifest without its last line end',
    code: 'MANIFEST_LINE',
    damage: text(MANIFEST, (it) => it.slice(0, -1)),
  },
  {
    name: 'CRLF in one line of the manifest',
    code: 'MANIFEST_LINE',
    damage: text(MANIFEST, (it) => it.replace('\n', '\r\n')),
  },
  {
    name: 'upper-case hashes',
    code: 'MANIFEST_LINE',
    damage: text(MANIFEST, (it) => it.replace(/^[0-9a-f]{64}/, (hex) => hex.toUpperCase())),
  },
  {
    name: 'a manifest that lists a tag file',
    code: 'MANIFEST_LINE',
    damage: text(MANIFEST, (it) => `${it}${zeros}  run.json\n`),
  },
  {
    name: 'a tag manifest that lists itself',
    code: 'MANIFEST_LINE',
    damage: text(TAGS, (it) => `${it}${zeros}  ${TAGS}\n`),
  },
  {
    name: 'a tag manifest that lists a payload file',
    code: 'MANIFEST_LINE',
    damage: text(TAGS, (it) => `${it}${zeros}  ${PART}\n`),
  },
  {
    name: 'a manifest of another algorithm',
    code: 'MANIFEST_UNKNOWN',
    damage: then(add('manifest-md5.txt', ''), remanifest),
  },
  {
    name: 'fetch.txt',
    code: 'FETCH_REFUSED',
    damage: then(add('fetch.txt', 'https://example.org/x 1 data/x\n'), remanifest),
  },
  {
    name: 'a symbolic link in the payload',
    code: 'SPECIAL_FILE',
    damage: () => undefined,
    inFolder: (folder) => symlinkSync('/etc/passwd', join(folder, 'data/link')),
  },
  {
    name: 'a payload file that is a symbolic link',
    code: 'SPECIAL_FILE',
    damage: remove(GAPS),
    inFolder: (folder) => symlinkSync('/etc/passwd', join(folder, GAPS)),
  },
]

/** Whoever made these also made the manifests anew. */
const contents: readonly InvalidBag[] = [
  {
    name: 'a text changed',
    code: 'RECORDS_DIFFER',
    damage: then(
      text(PART, (it) => it.replace('Text of', 'Test of')),
      rebag,
    ),
  },
  {
    name: 'a conversation removed',
    code: 'RUN_COUNTS',
    damage: then(
      text(PART, () => ''),
      recommit,
    ),
  },
  {
    name: 'conversations swapped',
    code: 'CSV_DIFFERS',
    damage: then((files) => {
      const second = PART.replace('1.jsonl', '2.jsonl')
      const [a = '', b = ''] = [files.get(PART), files.get(second)]
      files.set(PART, b).set(second, a)
    }, recommit),
  },
  { name: 'a conversation twice', code: 'CONVERSATION_TWICE', damage: master((it) => it + it) },
  {
    name: 'a key twice in the master',
    code: 'JSON_FORM',
    damage: master((it) => it.replace('"text":', '"text":"other","text":')),
  },
  {
    name: 'a key twice in a payload',
    code: 'JSON_FORM',
    damage: master((it) => it.replace('"payload":{', '"payload":{"id":1,')),
  },
  {
    name: 'an unknown key in the master',
    code: 'JSON_SHAPE',
    damage: master((it) => it.replace('"v":1', '"v":1,"w":1')),
  },
  {
    name: 'a missing key in the master',
    code: 'JSON_SHAPE',
    damage: master((it) => it.replace('"clientAt":null,', '')),
  },
  {
    name: 'an unknown kind of entry',
    code: 'JSON_SHAPE',
    damage: master((it) => it.replace('"kind":"message"', '"kind":"massage"')),
  },
  {
    name: 'keys in another order',
    code: 'JSON_FORM',
    damage: master((it) =>
      it.replace('"sessions"', '"sessions_"').replace(/("conversation":\{.*?\}),("sessions)_(":\[.*?\])/, '$2$3,$1'),
    ),
  },
  { name: 'a space in the master', code: 'JSON_FORM', damage: master((it) => it.replace('":', '": ')) },
  { name: 'an escape that need not be', code: 'JSON_FORM', damage: master((it) => it.replace('Text', '\\u0054ext')) },
  {
    name: 'a line separator of Unicode',
    code: 'JSON_FORM',
    damage: master((it) => it.replace('Text of', 'Text\u2028of')),
  },
  { name: 'a line of the master that is cut', code: 'JSON_SYNTAX', damage: master((it) => `${it.slice(0, 200)}\n`) },
  { name: 'a master without its last line end', code: 'LINE_END', damage: master((it) => it.trimEnd()) },
  { name: 'CRLF in the master', code: 'JSON_FORM', damage: master((it) => it.replace('\n', '\r\n')) },
  { name: 'an empty line in the master', code: 'JSON_SYNTAX', damage: master((it) => `${it}\n`) },
  { name: 'a byte order mark in the master', code: 'JSON_SYNTAX', damage: master((it) => `\uFEFF${it}`) },
  {
    name: 'bytes that are not UTF-8',
    code: 'LINE_UTF8',
    damage: then((files) => {
      const bytes = Buffer.from(files.get(PART) ?? '')
      bytes[bytes.indexOf('Text of')] = 0xff
      files.set(PART, bytes)
    }, rebag),
  },
  {
    name: 'entries in another order',
    code: 'ENTRY_ORDER',
    damage: master((it) => it.replace('"entryId":"1-1"', '"entryId":"1-9"')),
  },
  {
    name: 'an entry of another month',
    code: 'ENTRY_OUTSIDE_WINDOW',
    damage: master((it) => it.replace(/("sentAt":")2026-10/, '$12026-09')),
  },
  {
    name: 'a record with another size',
    code: 'RECORDS_DIFFER',
    damage: then(
      text(RECORDS, (it) => it.replace(/"size":(\d+)/, '"size":1$1')),
      remanifest,
    ),
  },
  {
    name: 'a record with another line',
    code: 'RECORDS_DIFFER',
    damage: then(
      text(RECORDS, (it) => it.replace('"line":1', '"line":2')),
      remanifest,
    ),
  },
  {
    name: 'a record with another path',
    code: 'RECORDS_DIFFER',
    damage: then(
      text(RECORDS, (it) => it.replace('part-00001', 'part-00002')),
      remanifest,
    ),
  },
  { name: 'records swapped', code: 'RECORDS_DIFFER', damage: then(lines(RECORDS, swapFirstTwo), remanifest) },
  {
    name: 'a record too many',
    code: 'RECORDS_DIFFER',
    damage: then(
      lines(RECORDS, (all) => [...all, all[0] ?? '']),
      remanifest,
    ),
  },
  {
    name: 'a record of any length',
    code: 'RECORD_LINE',
    damage: then(
      text(RECORDS, (it) => `${it}${'x'.repeat(5_000)}\n`),
      remanifest,
    ),
  },
  {
    name: 'a wrong leaf',
    code: 'RECORDS_ROOT',
    damage: then(
      text(LEAVES, (it) => it.replace(/^./, (digit) => (digit === '0' ? '1' : '0'))),
      remanifest,
    ),
  },
  { name: 'leaves swapped', code: 'RECORDS_ROOT', damage: then(lines(LEAVES, swapFirstTwo), remanifest) },
  { name: 'a leaf missing', code: 'RECORDS_ROOT', damage: then(lines(LEAVES, withoutFirst), remanifest) },
  {
    name: 'a leaf that is none',
    code: 'LEAF_LINE',
    damage: then(
      text(LEAVES, (it) => it.toUpperCase()),
      remanifest,
    ),
  },
  { name: 'another root', code: 'RECORDS_ROOT', damage: run((it) => ({ ...it, recordsRoot: zeros })) },
  {
    name: 'a part of the master missing in between',
    code: 'FILE_MISSING',
    damage: then((files) => {
      files.set(PART.replace('1.jsonl', '9.jsonl'), files.get(PART) ?? '')
      files.delete(PART)
    }, recommit),
  },
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
    damage: then(
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
  { name: 'a table that is missing', code: 'FILE_MISSING', damage: then(remove('data/csv/entries.csv'), rebag) },
  ...['conversations', 'entries', 'participants'].map((name) => ({
    name: `${name}.csv without a row`,
    code: 'CSV_DIFFERS',
    damage: then(
      lines(`data/csv/${name}.csv`, (all) => all.slice(0, -1)),
      rebag,
    ),
  })),
  {
    name: 'a formula that runs in entries.csv',
    code: 'CSV_DIFFERS',
    damage: then(
      text('data/csv/entries.csv', (it) => it.replace("'=SUM", '=SUM')),
      rebag,
    ),
  },
  { name: 'a table without its header', code: 'CSV_FORM', damage: then(lines(GAPS, withoutFirst), rebag) },
  {
    name: 'a gap that is left out',
    code: 'GAPS_DIFFER',
    damage: then(
      lines(GAPS, ([header = '', , ...rest]) => [header, ...rest]),
      rebag,
    ),
  },
  {
    name: 'quotes that need not be',
    code: 'CSV_FORM',
    damage: then(
      text(GAPS, (it) => it.replace('RECONCILIATION_MISSING', '"$&"')),
      rebag,
    ),
  },
  {
    name: 'a quote that stays open',
    code: 'CSV_FORM',
    damage: then(
      text(GAPS, (it) => `${it}"`),
      rebag,
    ),
  },
  {
    name: 'a conversation said to be another',
    code: 'RECONCILIATION_DIFFERS',
    damage: then(
      text('data/reports/reconciliation.csv', (it) => it.replace('-000000000001', '-000000000009')),
      rebag,
    ),
  },
  {
    name: 'a reject of another shape',
    code: 'JSON_SHAPE',
    damage: then(
      text('data/reports/rejects.jsonl', (it) => it.replace('"v":1', '"v":"1"')),
      rebag,
    ),
  },
  {
    name: 'a redaction with a key twice',
    code: 'JSON_FORM',
    damage: then(
      text('data/reports/redactions.jsonl', (it) => it.replace('"v":1', '"v":1,"v":1')),
      rebag,
    ),
  },
  {
    name: 'an attachment that no message names',
    code: 'ATTACHMENT_UNNAMED',
    damage: then(add(`data/attachments/${'a'.repeat(64)}`), rebag),
  },
  {
    name: 'an attachment under another name',
    code: 'ATTACHMENT_NAME',
    damage: then(add('data/attachments/bill.pdf'), rebag),
  },
  {
    name: 'an attachment with other bytes',
    code: 'ATTACHMENT_NAME',
    damage: then((files) => {
      for (const [path, bytes] of files)
        if (path.includes('attachments/')) files.set(path, String(bytes).replace('bill', 'pill'))
    }, rebag),
  },
  {
    name: 'an attachment that is not there',
    code: 'ATTACHMENT_MISSING',
    damage: then((files) => {
      for (const path of [...files.keys()]) if (path.includes('attachments/')) files.delete(path)
    }, rebag),
  },
  {
    name: 'a schema of somebody else',
    code: 'SCHEMA_DIFFERS',
    damage: then(
      text('schema/run.schema.json', (it) => it.replace('UTC', 'CET')),
      remanifest,
    ),
  },
  { name: 'a schema too many', code: 'FILE_UNKNOWN', damage: then(add('schema/more.schema.json', '{}\n'), remanifest) },
  {
    name: 'a schema that is missing',
    code: 'FILE_MISSING',
    damage: then(remove('schema/run.schema.json'), remanifest),
  },
  {
    name: 'an audit line edited',
    code: 'AUDIT_CHAIN',
    damage: then(
      text(AUDIT, (it) => it.replace('archive.start', 'archive.stops')),
      remanifest,
    ),
  },
  {
    name: 'an audit line removed',
    code: 'AUDIT_CHAIN',
    damage: then(
      lines(AUDIT, ([a = '', , c = '']) => [a, c]),
      remanifest,
    ),
  },
  {
    name: 'an audit line of another shape',
    code: 'JSON_SHAPE',
    damage: then(
      text(AUDIT, (it) => it.replace('"detail":{}', '"detail":{"text":[]}')),
      remanifest,
    ),
  },
]

/** Whoever made these had erased a conversation before. */
const erasures: readonly InvalidBag[] = [
  {
    name: 'a tombstone without an erasure',
    code: 'ERASURE_UNKNOWN',
    damage: then(
      eraseFirst,
      text('integrity/erasures.jsonl', (it) => it.replace('[0]', '[7]')),
      remanifest,
    ),
  },
  {
    name: 'an erasure without a tombstone',
    code: 'ERASURE_UNDONE',
    damage: then(
      eraseFirst,
      text('integrity/erasures.jsonl', (it) => it.replace('[0]', '[0,1]')),
      remanifest,
    ),
  },
  {
    name: 'a tombstone in the master alone',
    code: 'RECORDS_DIFFER',
    damage: then((files) => {
      const records = files.get(RECORDS) ?? ''
      eraseFirst(files).set(RECORDS, records)
    }, remanifest),
  },
  {
    name: 'a tombstone of another erasure',
    code: 'ERASURE_UNKNOWN',
    damage: then(
      eraseFirst,
      text(PART, (it) => it.replace(erasureId, 'ER-QQQQQQQQQQQQQQQQ')),
      rebag,
    ),
  },
  {
    name: 'a tombstone of another record',
    code: 'TOMBSTONE_INDEX',
    damage: then(
      eraseFirst,
      text(PART, (it) => it.replace(':0,', ':1,')),
      rebag,
    ),
  },
  {
    name: 'a tombstone that is nearly one',
    code: 'JSON_SHAPE',
    damage: then(
      eraseFirst,
      text(PART, (it) => it.replace('{"v"', '{"x":1,"v"')),
      rebag,
    ),
  },
  {
    name: 'an erasure told twice',
    code: 'ERASURE_TWICE',
    damage: then(
      eraseFirst,
      lines('integrity/erasures.jsonl', (all) => [...all, ...all]),
      remanifest,
    ),
  },
  {
    name: 'erasures that are not there',
    code: 'FILE_MISSING',
    damage: then(eraseFirst, remove('integrity/erasures.jsonl'), remanifest),
  },
  {
    name: 'run.json that does not count the erased',
    code: 'RUN_ERASED',
    damage: then(
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
    damage: then(eraseFirst, lines(LEAVES, withoutFirst), remanifest),
  },
]

/** Bags that every verifier of the format has to refuse, each with its finding. */
export const invalidBags: readonly InvalidBag[] = [...bags, ...contents, ...erasures]
