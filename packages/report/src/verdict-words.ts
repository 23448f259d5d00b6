import type { ArchiveVerdict, RunDocument } from '@custody/archive'
import { counted } from './wording.ts'

/** How a verdict looks, and what it means to somebody who has never seen Custody. */
export interface VerdictWords {
  readonly tone: 'good' | 'warn' | 'bad' | 'calm'
  readonly word: string
  readonly meaning: string
}

/** Verdicts in a word. */
export const verdictTones: Readonly<Record<ArchiveVerdict, Pick<VerdictWords, 'tone' | 'word'>>> = {
  complete: { tone: 'good', word: 'Complete' },
  counted: { tone: 'warn', word: 'Counted' },
  incomplete: { tone: 'bad', word: 'Incomplete' },
  empty: { tone: 'calm', word: 'Empty' },
}

/** What an archive says of itself, in plain words. */
export function verdictWords({ verdict, counts, amends }: RunDocument): VerdictWords {
  const { gaps, countedOnly } = counts
  const read = amends ? 'read again' : 'named by Salesforce for this time'
  const meanings: Readonly<Record<ArchiveVerdict, string>> = {
    complete: `Nothing is known to be missing. Every conversation ${read} is accounted for: the numbers of messages agree with Salesforce’s own counts, and a second, independent source agrees entry by entry.`,
    counted: `Nothing is known to be missing, but not everything is proven. The numbers of messages of agents and customers agree with Salesforce’s own counts. Of ${counted(countedOnly, 'conversation')}, messages of bots and other events rest on one source: nobody else was asked about them.`,
    incomplete: `Something is missing, or nobody could prove that it is not: ${counted(gaps, 'gap')}. Each is listed below, with what to do about it.`,
    empty: `Salesforce named no conversation that has something in this time. An archive that holds nothing is no proof that there was nothing: check that the period and the organisation are the ones you meant.`,
  }
  return { ...verdictTones[verdict], meaning: meanings[verdict] }
}
