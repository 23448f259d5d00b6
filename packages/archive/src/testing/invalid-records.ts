import { remanifest } from './bag-files.ts'
import {
  type InvalidBag,
  inTurn,
  LEAVES,
  lines,
  master,
  PART,
  RECORDS,
  run,
  swapFirstTwo,
  text,
  withoutFirst,
  zeros,
} from './damage-bag.ts'
import { rebag, recommit } from './rebag.ts'

/** Whoever made these also made the manifests anew. */
export const invalidRecords: readonly InvalidBag[] = [
  {
    name: 'a text changed',
    code: 'RECORDS_DIFFER',
    damage: inTurn(
      text(PART, (it) => it.replace('Text of', 'Test of')),
      rebag,
    ),
  },
  {
    name: 'a conversation removed',
    code: 'RUN_COUNTS',
    damage: inTurn(
      text(PART, () => ''),
      recommit,
    ),
  },
  {
    name: 'conversations swapped',
    code: 'CSV_DIFFERS',
    damage: inTurn((files) => {
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
    damage: inTurn((files) => {
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
    damage: inTurn(
      text(RECORDS, (it) => it.replace(/"size":(\d+)/, '"size":1$1')),
      remanifest,
    ),
  },
  {
    name: 'a record with another line',
    code: 'RECORDS_DIFFER',
    damage: inTurn(
      text(RECORDS, (it) => it.replace('"line":1', '"line":2')),
      remanifest,
    ),
  },
  {
    name: 'a record with another path',
    code: 'RECORDS_DIFFER',
    damage: inTurn(
      text(RECORDS, (it) => it.replace('part-00001', 'part-00002')),
      remanifest,
    ),
  },
  { name: 'records swapped', code: 'RECORDS_DIFFER', damage: inTurn(lines(RECORDS, swapFirstTwo), remanifest) },
  {
    name: 'a record too many',
    code: 'RECORDS_DIFFER',
    damage: inTurn(
      lines(RECORDS, (all) => [...all, all[0] ?? '']),
      remanifest,
    ),
  },
  {
    name: 'a record of any length',
    code: 'RECORD_LINE',
    damage: inTurn(
      text(RECORDS, (it) => `${it}${'x'.repeat(5_000)}\n`),
      remanifest,
    ),
  },
  {
    name: 'a wrong leaf',
    code: 'RECORDS_ROOT',
    damage: inTurn(
      text(LEAVES, (it) => it.replace(/^./, (digit) => (digit === '0' ? '1' : '0'))),
      remanifest,
    ),
  },
  { name: 'leaves swapped', code: 'RECORDS_ROOT', damage: inTurn(lines(LEAVES, swapFirstTwo), remanifest) },
  { name: 'a leaf missing', code: 'RECORDS_ROOT', damage: inTurn(lines(LEAVES, withoutFirst), remanifest) },
  {
    name: 'a leaf that is none',
    code: 'LEAF_LINE',
    damage: inTurn(
      text(LEAVES, (it) => it.toUpperCase()),
      remanifest,
    ),
  },
  { name: 'another root', code: 'RECORDS_ROOT', damage: run((it) => ({ ...it, recordsRoot: zeros })) },
  {
    name: 'a part of the master missing in between',
    code: 'FILE_MISSING',
    damage: inTurn((files) => {
      files.set(PART.replace('1.jsonl', '9.jsonl'), files.get(PART) ?? '')
      files.delete(PART)
    }, recommit),
  },
]
