import { expect, test } from 'vitest'
import { Remembered } from './remembered.ts'

function counted(): { readonly asked: string[]; readonly workOut: (text: string) => number } {
  const asked: string[] = []
  return { asked, workOut: (text) => asked.push(text) }
}

test('a text is worked out once', () => {
  const { asked, workOut } = counted()
  const remembered = new Remembered<number>(2, 10)
  expect([remembered.of('a', workOut), remembered.of('a', workOut)]).toEqual([1, 1])
  expect(asked).toEqual(['a'])
})

test('what would be too much is forgotten, and worked out again', () => {
  const { asked, workOut } = counted()
  const remembered = new Remembered<number>(2, 10)
  for (const text of ['a', 'b', 'a', 'b', 'c', 'c', 'a']) remembered.of(text, workOut)
  expect(asked).toEqual(['a', 'b', 'c', 'a'])
})

test('long texts are not kept', () => {
  const { asked, workOut } = counted()
  const remembered = new Remembered<number>(2, 3)
  for (const text of ['abc', 'abc', 'abcd', 'abcd']) remembered.of(text, workOut)
  expect(asked).toEqual(['abc', 'abcd', 'abcd'])
})
