import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fold } from './characters.ts'
import { WordTrie } from './word-trie.ts'

const stems = ['tel=', 'telef', 'id=', 'id card', 'c', 'no', 'sozial', 'é', 'straße', '電話', 'мо', "driver's"]
const trie = new WordTrie<string>()
for (const stem of stems) trie.add(stem, stem)

/** What the trie is for, read off its description: any stem where a word begins, the longest first. */
function slowly(text: string): string[] {
  const found: string[] = []
  for (let at = 0, isInWord = false; at < text.length; at++) {
    const isLetter = /[\p{L}\p{M}]/u.test(text[at] ?? '')
    const isUnspaced = /\p{Script=Han}/u.test(text[at] ?? '')
    if (isLetter && (!isInWord || isUnspaced)) {
      const match = longestAt(text, at)
      if (match) {
        found.push(`${at} ${match.stem}`)
        at += match.length - 1
      }
    }
    isInWord = isLetter && !isUnspaced
  }
  return found
}

function longestAt(text: string, at: number): { stem: string; length: number } | undefined {
  for (let length = Math.min(12, text.length - at); length > 0; length--) {
    const written = spaced(text.slice(at, at + length))
    const endsWord = !/[[\p{L}\p{M}]--\p{Script=Han}]/v.test(text[at + length] ?? '')
    if (endsWord && stems.includes(`${written}=`)) return { stem: `${written}=`, length }
    const stem = stems.find((each) => !each.endsWith('=') && spaced(each) === written)
    if (stem !== undefined) return { stem, length }
  }
  return undefined
}

function spaced(text: string): string {
  return fold(text).replace(/[^\p{L}\p{M}\p{Nd}]/gu, ' ')
}

describe('WordTrie', () => {
  const part = fc.oneof(
    fc.constantFrom(
      ...stems.map((stem) => stem.replace('=', '')),
      'Tel',
      'ID',
      'É',
      'STRASSE',
      'te',
      'tele',
      'i',
      'so',
    ),
    fc.constantFrom(' ', '-', '.', '\n', '4', 'x', 'ö', 'ж', '電', ''),
  )

  it('finds what a search of every place finds', () => {
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
        const text = parts.join('')
        const found = trie.matches(text, 0, text.length).map(({ start, value }) => `${start} ${value}`)
        expect(found).toEqual(slowly(text))
      }),
      { numRuns: 500 },
    )
  })

  it('reads nothing outside of the stretch', () => {
    expect(trie.matches('xid', 1, 3)).toEqual([{ start: 1, end: 3, value: 'id=' }])
    expect(trie.matches('idx', 0, 2)).toEqual([{ start: 0, end: 2, value: 'id=' }])
    expect(trie.matches('idx', 0, 3)).toEqual([])
    expect(trie.matches('telef', 0, 4)).toEqual([])
  })
})
