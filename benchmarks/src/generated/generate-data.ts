import { type EvaluationData, fillTemplates } from '../evaluation-data.ts'
import type { LabelledText } from '../labelled-text.ts'
import { chatNames, chatTemplates } from './chats.ts'
import { cleanMessage } from './clean-messages.ts'
import { documentValues } from './document-values.ts'
import { hardNegatives } from './hard-negatives.ts'
import { networkValues } from './network-values.ts'
import { paymentValues } from './payment-values.ts'
import { phoneValues } from './phone-values.ts'
import { createRandom, type Random } from './random.ts'
import { secretValues } from './secret-values.ts'
import type { ValueKind } from './value.ts'

const kinds: readonly ValueKind[] = [
  ...networkValues,
  ...paymentValues,
  ...phoneValues,
  ...documentValues,
  ...secretValues,
]

export interface GenerateOptions {
  /** @defaultValue 1 */
  readonly seed?: number
  /** Texts of each kind of value. @defaultValue 120 */
  readonly perKind?: number
}

/** Data of our own: values with right check digits in sentences, sentences full of harmless numbers, chats with names. */
export function generateData({ seed = 1, perKind = 120 }: GenerateOptions = {}): EvaluationData {
  const random = createRandom(seed)
  const many = <T>(count: number, make: () => T): readonly T[] => Array.from({ length: count }, make)
  const positives = kinds.flatMap((kind) => many(perKind, () => labelledText(kind, random)))
  const negatives = hardNegatives.flatMap((make) => many(perKind / 4, () => ({ text: make(random), spans: [] })))
  const people = chatNames.map(({ first, last }) => ({ first, last, full: `${first} ${last}` }))
  return {
    labelled: [{ name: 'generated', texts: [...positives, ...negatives] }],
    clean: [{ name: 'generated', texts: many(10_000, () => cleanMessage(random)) }],
    chats: fillTemplates(chatTemplates, people),
  }
}

/** One sentence with one value in it, before or after another sentence now and then. */
export function labelledText(kind: ValueKind, random: Random): LabelledText {
  const value = kind.make(random)
  const sentence = random.pick(kind.carriers)
  const before = random.below(4) === 0 ? `${cleanMessage(random)} ` : ''
  const after = random.below(4) === 0 ? `\n${cleanMessage(random)}` : ''
  const start = before.length + sentence.indexOf('{}')
  return {
    text: before + sentence.replace('{}', () => value) + after,
    spans: [{ start, end: start + value.length, type: kind.type }],
  }
}
