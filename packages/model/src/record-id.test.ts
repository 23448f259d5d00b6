import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toJoinKey, toRecordId } from './index.ts'

const letters = [...'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz']
const shortId = fc
  .array(fc.constantFrom(...letters), { minLength: 15, maxLength: 15 })
  .map((characters) => characters.join(''))

describe('toRecordId', () => {
  it.each([
    ['001D000000IqhSL', '001D000000IqhSLIAZ'],
    ['0MwKj000007sdiM', '0MwKj000007sdiMKAQ'],
    ['000000000000000', '000000000000000AAA'],
    ['AAAAAAAAAAAAAAA', 'AAAAAAAAAAAAAAA555'],
    ['aaaaAaaaaaAaaaa', 'aaaaAaaaaaAaaaaQAB'],
  ])('%s is %s', (short, long) => {
    expect(toRecordId(short)).toBe(long)
    expect(toRecordId(long)).toBe(long)
  })

  it('tells ids apart that differ in case alone, even where case is lost', () => {
    const flips = fc.array(fc.boolean(), { minLength: 15, maxLength: 15 })
    fc.assert(
      fc.property(shortId, flips, (id, flips) => {
        const other = [...id].map((character, index) => (flips[index] ? flipCase(character) : character)).join('')
        const [long, otherLong] = [toRecordId(id) ?? '', toRecordId(other) ?? '']
        expect(long.toLowerCase() === otherLong.toLowerCase()).toBe(id === other)
        expect(toRecordId(long)).toBe(long)
        expect(long).toMatch(new RegExp(`^${id}[A-Z0-5]{3}$`))
      }),
    )
  })

  it('corrects the case of the last three characters', () => {
    expect(toRecordId('001D000000IqhSLiaz')).toBe('001D000000IqhSLIAZ')
  })

  it('keeps an 18-character id whose last three disagree with the rest', () => {
    expect(toRecordId('001d000000iqhslIAZ')).toBe('001d000000iqhslIAZ')
  })

  it.each([
    ...['', '001D000000IqhS', '001D000000IqhSLI', '001D000000IqhSLIAZX', '001D000000Iqh-L', ' 001D000000IqhSL'],
    ...['001D000000IqhSL\n', '36b0f4d9-7c14-43dc-bb9e-7713a4930df0', null, undefined, 1, {}],
  ])('%j is none', (id) => {
    expect(toRecordId(id)).toBeNull()
  })
})

describe('toJoinKey', () => {
  it('joins both forms of a record id and leaves other ids alone', () => {
    expect(toJoinKey('0MwKj000007sdiM')).toBe(toJoinKey('0MwKj000007sdiMKAQ'))
    expect(toJoinKey('36b0f4d9-7c14-43dc-bb9e-7713a4930df0')).toBe('36b0f4d9-7c14-43dc-bb9e-7713a4930df0')
  })
})

function flipCase(character: string): string {
  return character === character.toLowerCase() ? character.toUpperCase() : character.toLowerCase()
}
