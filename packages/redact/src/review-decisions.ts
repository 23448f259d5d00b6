import { CustodyError } from '@custody/pipeline'
import { readCsv } from './csv-cells.ts'
import { type Share, wilson } from './wilson.ts'

/** What a reviewer said about one finding. */
export interface Decision {
  readonly type: string
  readonly detector: string
  /** Null: not looked at. */
  readonly decision: 'right' | 'wrong' | 'unsure' | null
}

/** How many findings of a type were right: the share of right among right and wrong, with its 95 % interval. */
export interface Precision extends Share {
  readonly type: string
  readonly right: number
  readonly wrong: number
  /** Left out of the share. */
  readonly unsure: number
  readonly undecided: number
}

const decisions: Readonly<Record<string, Decision['decision']>> = Object.assign(Object.create(null), {
  '': null,
  right: 'right',
  wrong: 'wrong',
  unsure: 'unsure',
})

/**
 * Reads a review sample back, as a spreadsheet saved it. Further columns and their order do not matter.
 *
 * @throws CustodyError `REVIEW_DECISIONS` of kind usage: a column is missing, or a decision is none of `right`, `wrong`, `unsure`.
 */
export function readDecisions(csv: string): readonly Decision[] {
  const [header = [], ...rows] = readCsv(csv) ?? []
  const columns = header.map((name) => name.trim())
  const [type, detector, decision] = ['type', 'detector', 'decision'].map((name) => columns.indexOf(name)) as [
    number,
    number,
    number,
  ]
  if (type < 0 || detector < 0 || decision < 0) throw unreadable('it has no columns type, detector and decision')
  return rows.map((cells, index) => {
    const said = (cells[decision] ?? '').trim().toLowerCase()
    const read = decisions[said]
    if (read === undefined) throw unreadable(`the decision in row ${index + 2} is none`)
    return { type: cells[type] ?? '', detector: cells[detector] ?? '', decision: read }
  })
}

/** Precision by type, in the order of their names. */
export function reviewPrecision(all: readonly Decision[]): readonly Precision[] {
  return [...new Set(all.map(({ type }) => type))].toSorted().map((type) => {
    const count = (decision: Decision['decision']): number =>
      all.filter((one) => one.type === type && one.decision === decision).length
    const right = count('right')
    const wrong = count('wrong')
    return { type, right, wrong, unsure: count('unsure'), undecided: count(null), ...wilson(right, right + wrong) }
  })
}

function unreadable(why: string): CustodyError {
  return new CustodyError('REVIEW_DECISIONS', `The reviewed sample cannot be read: ${why}.`, {
    kind: 'usage',
    actions: ['Fill in right, wrong or unsure under decision, and save it as CSV with its header row.'],
  })
}
