import fc from 'fast-check'
import { expect, test } from 'vitest'
import { encodeSeal, parseSeal, type Seal, sealDigest } from './seal-text.ts'
import { sampleSeal } from './testing/seals.ts'

const hex = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString('hex'))
const instant = fc
  .date({ min: new Date('0001-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59Z'), noInvalidDate: true })
  .map((date) => date.toISOString())
const count = fc.maxSafeNat()
const printable = fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code))
const word = fc.string({ unit: printable, minLength: 1, maxLength: 60 })

const anySeal: fc.Arbitrary<Seal> = fc
  .record({
    origin: word.map((text) => text.replaceAll('+', '-')),
    seq: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
    archiveId: fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,179}$/),
    period: fc
      .tuple(instant, instant)
      .filter(([one, other]) => one !== other)
      .map(([one, other]) => (one < other ? { from: one, to: other } : { from: other, to: one })),
    created: instant,
    mode: fc.constantFrom('plain', 'redacted', 'sealed'),
    verdict: fc.constantFrom('complete', 'counted', 'incomplete', 'empty'),
    tagManifestSha256: hex,
    payloadOxum: fc.tuple(count, count).map((parts) => parts.join('.')),
    records: count,
    recordsRoot: hex,
    audit: fc.record({ size: count, root: hex }),
    prev: hex,
    supersedes: fc.option(hex),
    tool: fc.array(word, { minLength: 1, maxLength: 3 }).map((words) => words.join(' ')),
  })
  .map(({ prev, ...seal }) => ({
    ...seal,
    erased: Math.floor(seal.records / 2),
    prevSealSha256: seal.seq === 1 ? null : prev,
  }))

test('the text is the one of the format', () => {
  expect(encodeSeal(sampleSeal())).toBe(
    `format custody-seal/v1
origin example.com/acme
seq 1
archive-id acme-2026-10-01--2026-11-01
period 2026-10-01T00:00:00.000Z 2026-11-01T00:00:00.000Z
created 2026-11-21T17:00:00.000Z
mode plain
verdict complete
tagmanifest-sha256 ${'a1'.repeat(32)}
payload-oxum 913374411.12
records 5
records-root ${Buffer.from(sampleSeal().recordsRoot, 'hex').toString('base64')}
erased 0
audit 12 ${Buffer.alloc(32, 0xb2).toString('base64')}
prev-seal-sha256 none
supersedes none
tool custody/0.0.0 node/26.10.0
`,
  )
})

test('every seal comes back as it was', () => {
  fc.assert(
    fc.property(anySeal, (seal) => {
      expect(parseSeal(encodeSeal(seal))).toEqual(seal)
    }),
  )
})

test('whatever is read is written again character for character, or refused', () => {
  fc.assert(
    fc.property(anySeal, fc.nat(1500), fc.nat(2), fc.string({ maxLength: 2 }), (seal, at, removed, inserted) => {
      const text = encodeSeal(seal)
      const changed = text.slice(0, at) + inserted + text.slice(at + removed)
      const parsed = parseSeal(changed)
      if (parsed !== null) expect(encodeSeal(parsed)).toBe(changed)
    }),
    { numRuns: 2000 },
  )
})

const text = encodeSeal(sampleSeal({ seq: 7, prevSealSha256: 'd4'.repeat(32) }))
const lines = text.trimEnd().split('\n')
test.each([
  ['nothing', ''],
  ['no line feed at the end', text.slice(0, -1)],
  ['an empty line more', `${text}\n`],
  ['an unknown line', `${text}more 1\n`],
  ['a byte order mark', `\ufeff${text}`],
  ['carriage returns', text.replaceAll('\n', '\r\n')],
  ['another version', text.replace('/v1', '/v2')],
  ...lines.map((line, at) => [`no ${line.split(' ')[0]}`, `${lines.toSpliced(at, 1).join('\n')}\n`]),
  ...lines.map((line, at) => [`${line.split(' ')[0]} twice`, `${lines.toSpliced(at, 0, line).join('\n')}\n`]),
  ...lines.slice(1).map((line, at) => [
    `${line.split(' ')[0]} too early`,
    `${lines
      .toSpliced(at + 1, 1)
      .toSpliced(at, 0, line)
      .join('\n')}\n`,
  ]),
  ...lines.map((line) => [`two spaces in ${line.split(' ')[0]}`, text.replace(line, line.replace(' ', '  '))]),
  ...lines.map((line) => [`a space after ${line.split(' ')[0]}`, text.replace(line, `${line} `)]),
  ['a leading zero', text.replace('seq 7', 'seq 07')],
  ['a number with exponent', text.replace('seq 7', 'seq 7e0')],
  ['a number with sign', text.replace('seq 7', 'seq +7')],
  ['a negative number', text.replace('erased 0', 'erased -0')],
  ['number 0', text.replace('seq 7', 'seq 0')],
  ['a number beyond what is exact', text.replace('records 5', 'records 9007199254740992')],
  ['more erased than there were', text.replace('erased 0', 'erased 6')],
  ['none before one that is not the first', text.replace(`256 ${'d4'.repeat(32)}`, '256 none')],
  ['one before the first', text.replace('seq 7', 'seq 1')],
  ['upper-case hex', text.replace('a1a1', 'A1a1')],
  ['a day that does not exist', text.replace('2026-11-21', '2026-11-31')],
  ['an instant without milliseconds', text.replace('17:00:00.000Z', '17:00:00Z')],
  ['a leap second', text.replace('17:00:00.000Z', '23:59:60.000Z')],
  ['a period of no time', text.replace('2026-11-01T', '2026-10-01T')],
  ['a period backwards', text.replace('2026-11-01T', '2026-09-01T')],
  ['a plus in the origin', text.replace('.com/', '.com+')],
  ['an origin beyond ASCII', text.replace('example', 'exämple')],
  ['a path as archive id', text.replace('archive-id acme', 'archive-id ../acme')],
  ['an oxum without files', text.replace('411.12', '411')],
  ['a root of 31 bytes', text.replace(/records-root .*/, `records-root ${Buffer.alloc(31).toString('base64')}`)],
  ['a root without padding', text.replace('=\n', '\n')],
])('refused: %s', (_, changed) => {
  expect(changed).not.toBe(text)
  expect(parseSeal(changed as string)).toBeNull()
})

test.each<[string, Partial<Seal>]>([
  ['origin', { origin: '' }],
  ['origin', { origin: 'x'.repeat(121) }],
  ['origin', { origin: 'a b' }],
  ['seq', { seq: 0 }],
  ['seq', { seq: 1.5 }],
  ['archive-id', { archiveId: '.hidden' }],
  ['period', { period: { from: '2026-10-01', to: '2026-11-01' } }],
  ['created', { created: 'now' }],
  ['mode', { mode: '' }],
  ['verdict', { verdict: 'complete\nseq 9' }],
  ['tagmanifest-sha256', { tagManifestSha256: '' }],
  ['payload-oxum', { payloadOxum: '1.2.3' }],
  ['records', { records: Number.NaN }],
  ['records-root', { recordsRoot: 'A1'.repeat(32) }],
  ['erased', { erased: 6 }],
  ['audit', { audit: { size: -1, root: 'a1'.repeat(32) } }],
  ['prev-seal-sha256', { seq: 2 }],
  ['supersedes', { supersedes: '' }],
  ['tool', { tool: 'two  spaces' }],
  ['tool', { tool: 'x'.repeat(201) }],
])('a seal with a wrong %s is not written', (key, change) => {
  expect(() => encodeSeal(sampleSeal(change))).toThrow(
    expect.objectContaining({ code: 'SEAL_FIELD', message: expect.stringContaining(`"${key}"`) }),
  )
})

test('the digest is that of sha256sum', () => {
  expect(sealDigest('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
})
