import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type DerValue, encodeDer, readDer, tag } from './der.ts'
import { TimestampFault } from './finding.ts'

const bytes = (hex: string): Uint8Array => Buffer.from(hex.replaceAll(' ', ''), 'hex')

/** Trees of octet strings in sequences, with lengths around the borders of the length's own length. */
const tree: fc.Arbitrary<Uint8Array> = fc.letrec<{ value: Uint8Array }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    fc
      .constantFrom(0, 1, 126, 127, 128, 129, 255, 256, 257)
      .map((length) => encodeDer(tag.octetString, new Uint8Array(length).fill(0x30))),
    fc.array(tie('value'), { maxLength: 4 }).map((parts) => encodeDer(tag.sequence, ...parts)),
    fc.array(tie('value'), { maxLength: 4 }).map((parts) => encodeDer(tag.context(0), ...parts)),
  ),
})).value

const encoded = (value: DerValue): Uint8Array =>
  value.tag & 0x20 ? encodeDer(value.tag, ...value.children.map(encoded)) : encodeDer(value.tag, value.content)

describe('DER', () => {
  test('is read as it was written', () => {
    fc.assert(
      fc.property(tree, (value) => {
        expect(Buffer.from(encoded(readDer(value)))).toEqual(Buffer.from(value))
      }),
    )
  })

  test('cut short or continued, it is refused', () => {
    fc.assert(
      fc.property(tree, fc.nat(), (value, cut) => {
        expect(() => readDer(value.subarray(0, cut % value.length))).toThrow(TimestampFault)
        expect(() => readDer(Buffer.concat([value, Uint8Array.of(cut & 0xff)]))).toThrow(TimestampFault)
      }),
    )
  })

  test.each([
    ['nothing', ''],
    ['a length that is longer than need be', '30 81 03 02 01 05'],
    ['a length with a leading zero', `04 82 00 80 ${'00'.repeat(128)}`],
    ['an indefinite length', '30 80 02 01 05 00 00'],
    ['a reserved length', '04 ff'],
    ['a value that runs over the end of the one around it', '30 05 30 02 02 02 05 05'],
    ['a value that ends before the one around it does', '30 04 02 01 05 02'],
    ['a tag of several octets', 'bf 1f 03 02 01 05'],
    ['a constructed integer', '22 03 02 01 05'],
    ['a constructed octet string', '24 03 04 01 05'],
    ['a length of four gigabytes', '30 84 ff ff ff ff 00'],
  ])('refuses %s', (_, hex) => {
    expect(() => readDer(bytes(hex))).toThrow(expect.objectContaining({ code: 'TIMESTAMP_NOT_DER', part: 'response' }))
  })

  test('refuses what is nested too deep, or has too many values, in no time', () => {
    let deep: Uint8Array = encodeDer(tag.sequence)
    for (let level = 0; level < 10_000; level++) deep = encodeDer(tag.sequence, deep.subarray(0, 60_000))
    const many = encodeDer(tag.sequence, Buffer.from('0500'.repeat(30_000), 'hex'))
    for (const hostile of [deep, many]) expect(() => readDer(hostile)).toThrow(TimestampFault)
  })

  test('throws nothing else, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (hostile) => {
        try {
          readDer(hostile)
        } catch (error) {
          expect(error).toBeInstanceOf(TimestampFault)
        }
      }),
    )
  })
})
