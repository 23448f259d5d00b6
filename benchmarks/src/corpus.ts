import type { EvaluationData } from './evaluation-data.ts'

/** One text in so many holds something, about as in messages of customers. */
const oneIn = 12

/** Messages as they come in: the clean ones, with labelled ones among them, up to a number of characters. */
export function corpusOf({ clean, labelled }: EvaluationData, characters: number): readonly string[] {
  const harmless = clean.flatMap(({ texts }) => texts)
  const telling = labelled.flatMap(({ texts }) => texts.map(({ text }) => text))
  const texts: string[] = []
  for (let index = 0, length = 0; length < characters; index++) {
    const from = index % oneIn === 0 && telling.length > 0 ? telling : harmless
    // A step that shares no factor with the length leads through all of them.
    const text = from[(index * 7919) % from.length] ?? ''
    texts.push(text)
    length += text.length + 1
  }
  return texts
}
