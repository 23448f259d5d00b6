import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeEntities } from './index.ts'

describe('decodeEntities', () => {
  it.each([
    ['I&#39;m', "I'm"],
    ['&lt;b&gt; &amp; &quot;x&quot; &apos;y&apos;', '<b> & "x" \'y\''],
    ['a&nbsp;b', 'a\u00a0b'],
    ['Z&uuml;rich &euro;5 &hellip;', 'Zürich €5 …'],
    ['&yuml;&iexcl;', 'ÿ¡'],
    ['&#x1F600; &#128512; &#X1f600;', '😀 😀 😀'],
    ['&#0000039;', "'"],
    ['it&#146;s &#128;', 'it’s €'],
    ['&amp;lt;', '&lt;'],
    ['&amp;amp;amp;', '&amp;amp;'],
  ])('%s is %s', (text, decoded) => {
    expect(decodeEntities(text)).toBe(decoded)
  })

  it.each([
    ...['', 'AT&T', '&', '&;', '&#;', '&#x;', '&#0;', '&#xD800;', '&#57343;', '&#x110000;', '&#99999999999999999999;'],
    ...['&unknown;', '&AMP', '&amp', '& amp;', '&constructor;', '&__proto__;', '&#-1;', '&#1.5;', '&#xZ;'],
  ])('leaves %s as it is', (text) => {
    expect(decodeEntities(text)).toBe(text)
  })

  it('gives back whatever was escaped, and nothing else', () => {
    const escapes = new Map([...'&<>"\''].map((character) => [character, `&#${character.charCodeAt(0)};`]))
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(decodeEntities(text.replace(/[&<>"']/g, (character) => escapes.get(character) ?? character))).toBe(text)
      }),
    )
  })

  it('returns text without an ampersand unchanged', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const plain = text.replaceAll('&', '')
        expect(decodeEntities(plain)).toBe(plain)
      }),
    )
  })
})
