import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { linkOf, textPieces, toQuery } from './text-pieces.ts'

const pieces = (text: string, types: readonly string[] = [], query: RegExp | null = null): readonly string[] =>
  textPieces(text, types, query).map(({ kind, text: piece, found }) => `${kind}${found ? '!' : ''}:${piece}`)

describe('links', () => {
  test.each([
    ['see https://shop.example/a?b=1#c.', ['text:see ', 'link:https://shop.example/a?b=1#c', 'text:.']],
    ['(https://shop.example)', ['text:(', 'link:https://shop.example', 'text:)']],
    ['HTTPS://SHOP.EXAMPLE', ['link:HTTPS://SHOP.EXAMPLE']],
    ['http://shop.example', ['text:http://shop.example']],
    ['javascript:alert(1)//https://x.example', ['text:javascript:alert(1)//', 'link:https://x.example']],
    ['data:text/html,<script>', ['text:data:text/html,<script>']],
    ['https://', ['text:https://']],
  ])('%s', (text, expected) => {
    expect(pieces(text)).toEqual(expected)
  })

  test.each([
    'javascript:alert(1)',
    ' https://x.example',
    'http://x.example',
    '//x.example',
    'https://x\u202e.example',
    '',
    null,
  ])('none is made of %j', (address) => {
    expect(linkOf(address)).toBeNull()
  })
})

describe('redactions', () => {
  test.each([
    ['call [PHONE:k1:9f3kq2mzt4wc] now', ['text:call ', 'redaction:[PHONE:k1:9f3kq2mzt4wc]', 'text: now']],
    ['[PHONE]', ['redaction:[PHONE]']],
    ['[PHONE:*11][REDACTED]', ['redaction:[PHONE:*11]', 'redaction:[REDACTED]']],
    ['[Customer 1]', ['redaction:[Customer 1]']],
    // Nobody redacted that: somebody wrote it.
    ['[NOTE] [EMAIL:k1:x] [Customer 0]', ['text:[NOTE] [EMAIL:k1:x] [Customer 0]']],
    ['[PHONE', ['text:[PHONE']],
  ])('%s', (text, expected) => {
    expect(pieces(text, ['PHONE', 'A.B(']).join('|')).toEqual(expected.join('|'))
  })

  test('are none where nothing was redacted', () => {
    expect(pieces('[PHONE] [REDACTED]')).toEqual(['text:[PHONE] [REDACTED]'])
  })
})

test.each([
  ['a\u202eb\u202c', ['text:a', 'invisible:RLO', 'text:b', 'invisible:PDF']],
  ['pay\u200bpal', ['text:pay', 'invisible:ZWSP', 'text:pal']],
  ['\u0000\u001b[2J', ['invisible:U+0000', 'invisible:U+001B', 'text:[2J']],
  ['a\r\nb\tc\rd', ['text:a\r\nb\tc', 'invisible:U+000D', 'text:d']],
  ['👩\u200d🚀 ❤️', ['text:👩\u200d🚀 ❤️']],
  ['می\u200cخواهم', ['text:می\u200cخواهم']],
])('characters that show nothing are named: %j', (text, expected) => {
  expect(pieces(text)).toEqual(expected)
})

test('a search is found in any case, composed or not, and is no pattern', () => {
  expect(pieces('Ümlaut umlaut', [], toQuery('ümlaut'))).toEqual(['text!:Ümlaut', 'text: umlaut'])
  expect(pieces('u\u0308x', [], toQuery('\u00fc'))).toEqual(['text!:u\u0308', 'text:x'])
  expect(pieces('a.b axb', [], toQuery(' a.b '))).toEqual(['text!:a.b', 'text: axb'])
  expect(toQuery('  ')).toBeNull()
  // A link leads where it says.
  expect(pieces('https://shop.example/order', [], toQuery('order'))).toEqual(['link!:https://shop.example/order'])
})

test('nothing of a text is lost, whatever is in it', () => {
  const part = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 8 }),
    fc.constantFrom('[NAME]', '[NAME', 'https://x.example/', '\u202e', '.', ')', '\r', '\n', 'q'),
  )
  fc.assert(
    fc.property(fc.array(part), fc.string({ minLength: 1, maxLength: 3 }), (parts, words) => {
      const text = parts.join('')
      const all = textPieces(text, ['NAME'], toQuery(words))
      // What is named stands for one character; all else is there as it was.
      let rest = text
      for (const { kind, text: piece } of all) {
        if (kind === 'invisible') rest = rest.slice(String.fromCodePoint(rest.codePointAt(0) ?? 0).length)
        else {
          expect(rest.startsWith(piece)).toBe(true)
          rest = rest.slice(piece.length)
        }
      }
      expect(rest).toBe('')
      expect(all.map(({ text: piece }) => piece)).not.toContain('')
    }),
    { numRuns: 500 },
  )
})
