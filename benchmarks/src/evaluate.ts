import type { Contender } from './contenders/contender.ts'
import type { EvaluationData } from './evaluation-data.ts'
import { alteredGoal, goalText, isReached } from './goals.ts'
import { altered, changedAgain, identitiesLeft, namesLeft, scoresOf } from './measure.ts'
import { type Proportion, shareOf } from './proportion.ts'
import { percent, perThousand, table } from './table.ts'

export interface Evaluation {
  /** Tables, one below the other. */
  readonly report: string
  /** What was not reached, in words; empty when all was. */
  readonly missed: readonly string[]
}

/** Measures ours beside the others on the same data. The first contender is ours, and the goals are for it. */
export async function evaluate(data: EvaluationData, contenders: readonly Contender[]): Promise<Evaluation> {
  const missed: string[] = []
  const parts: string[] = []
  for (const set of data.labelled) {
    const scores = await Promise.all(contenders.map((contender) => scoresOf(contender, set)))
    const types = [...(scores[0]?.keys() ?? [])].sort()
    const rows = types.flatMap((type) => {
      const own = scores[0]?.get(type)
      if (own && !isReached(type, own)) missed.push(`${set.name}: ${type}`)
      const row = (part: 'recall' | 'precision' | 'leak', first: string, last: string): readonly string[] => [
        first,
        part,
        ...scores.map((each) => percent(each.get(type)?.[part] ?? { hits: 0, total: 0 })),
        last,
      ]
      const count = own?.recall.total ?? 0
      return [row('recall', type, goalText(type)), row('precision', `  n = ${count}`, ''), row('leak', '', '')]
    })
    const header = ['', '', ...contenders.map(({ name }) => name), 'goal']
    parts.push(`${set.name}: ${set.texts.length} texts; per cent [95 % interval]`, table([header, ...rows]))
  }
  parts.push(table([['', ...contenders.map(({ name }) => name), 'goal'], ...(await restOf(data, contenders, missed))]))
  return { report: parts.join('\n\n'), missed }
}

async function restOf(
  data: EvaluationData,
  contenders: readonly Contender[],
  missed: string[],
): Promise<readonly (readonly string[])[]> {
  const rows: string[][] = []
  const each = async (measure: (contender: Contender) => Promise<Proportion>): Promise<readonly Proportion[]> => {
    const proportions = []
    for (const contender of contenders) proportions.push(await measure(contender))
    return proportions
  }
  const expect = (name: string, limit: number, proportion: Proportion | undefined): void => {
    if (proportion && (shareOf(proportion) ?? 0) > limit) missed.push(name)
  }
  for (const { name, texts } of data.clean) {
    const title = `clean messages altered, of 1,000 (${name})`
    const proportions = await each((contender) => altered(contender, texts))
    expect(title, alteredGoal, proportions[0])
    rows.push([title, ...proportions.map(perThousand), '0.1'])
  }
  if (data.chats.length > 0) {
    const title = 'literal identities left, contact record given, of 100'
    const ours = await identitiesLeft(data.chats)
    const [, ...others] = await each((contender) => namesLeft(contender, data.chats))
    expect(title, 0, ours)
    rows.push([title, ...[ours, ...others].map(percent), '0'])
  }
  const texts = data.labelled.flatMap((set) => set.texts.map(({ text }) => text))
  const title = 'changed by a second pass, of 100'
  const again = await each((contender) => changedAgain(contender, texts))
  expect(title, 0, again[0])
  rows.push([title, ...again.map(percent), '0'])
  return rows
}
