import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type AuditEvent, encodeAuditEvent, LINE_MAX_BYTES, parseAuditEvent } from './audit-event.ts'
import { sampleLines } from './testing/sample-log.ts'

const [line = ''] = sampleLines(1)

test('a line is what the format says', () => {
  const event: AuditEvent = {
    n: 17,
    t: '2026-11-21T08:00:00.123Z',
    actor: 'cli:uid-1000',
    act: 'archive.start',
    run: null,
    obj: 'acme-2026-10-01--2026-11-01',
    detail: { records: 3 },
    prev: 'ab'.repeat(32),
  }
  const written = `{"n":17,"t":"2026-11-21T08:00:00.123Z","actor":"cli:uid-1000","act":"archive.start","run":null,"obj":"acme-2026-10-01--2026-11-01","detail":{"records":3},"prev":"${'ab'.repeat(32)}"}\n`
  expect(encodeAuditEvent(event)).toBe(written)
  expect(parseAuditEvent(written)).toEqual(event)
})

test('an act that is not known here is read', () => {
  expect(parseAuditEvent(line.replace('archive.start', 'lock.read-back'))).toMatchObject({ act: 'lock.read-back' })
})

test.each([
  ['no LF', line.slice(0, -1)],
  ['CRLF', line.replace('\n', '\r\n')],
  ['two LF', `${line}\n`],
  ['a space', line.replace(',"act"', ', "act"')],
  ['a space in front', ` ${line}`],
  ['keys in another order', line.replace(/("run":"[^"]*"),("obj":null)/, '$2,$1')],
  ['a key twice', line.replace('"obj":null', '"obj":null,"obj":null')],
  ['a key more', line.replace('"obj":null', '"obj":null,"more":1')],
  ['a key less', line.replace('"obj":null,', '')],
  ['an escape for a plain letter', line.replace('archive.start', '\\u0061rchive.start')],
  ['a number with a fraction', line.replace('"n":0', '"n":0.0')],
  ['a number with an exponent', line.replace('"records":0', '"records":0e0')],
  ['a negative number', line.replace('"n":0', '"n":-1')],
  ['a number too large', line.replace('"n":0', '"n":9007199254740992')],
  ['no instant', line.replace('2026-11-21T', '2026-02-30T')],
  ['hour 24', line.replace('T08:00:00.000Z', 'T24:00:00.000Z')],
  ['an instant with an offset', line.replace('000Z', '000+00:00')],
  ['text beyond ASCII', line.replace('cli:uid-1000', 'cli:ü')],
  ['an empty actor', line.replace('cli:uid-1000', '')],
  ['an act that is a sentence', line.replace('archive.start', 'it began')],
  ['a detail in a detail', line.replace('"records":0', '"records":{}')],
  ['details in a list', line.replace('{"records":0}', '[]')],
  ['text in details beyond ASCII', line.replace('"records":0', '"records":"é"')],
  ['__proto__', line.replace('"records"', '"__proto__"')],
  ['a short hash', line.replace('"prev":"0', '"prev":"')],
  ['a hash in capitals', line.replace('"prev":"0', '"prev":"A')],
  ['no object', 'null\n'],
  ['nothing', ''],
  ['a deep nest', `${'['.repeat(16_000)}\n`],
  ['more than fits', line.replace('"records":0', `"records":0${'0'.repeat(LINE_MAX_BYTES)}`)],
])('a line with %s is none', (_, other) => {
  expect(other).not.toBe(line)
  expect(parseAuditEvent(other)).toBeNull()
})

test('what is read is written the same way', () => {
  fc.assert(
    fc.property(
      fc.nat(line.length - 1),
      fc.constantFrom('0', '"', ',', '{', '}', 'a', ' ', '\\', ''),
      (index, text) => {
        const other = line.slice(0, index) + text + line.slice(index + 1)
        const event = parseAuditEvent(other)
        if (event !== null) expect(encodeAuditEvent(event)).toBe(other)
      },
    ),
    { numRuns: 2000 },
  )
})
