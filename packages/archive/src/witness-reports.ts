import type { Conversation, Difference, EntrySource, Witness } from '@custody/model'
import type { CsvTable } from '@custody/sinks'

/** A row of witnesses.csv: what one further source said about one conversation. */
export interface WitnessRow extends Witness {
  readonly identifier: string
}

/** A row of differences.csv: an entry on which two sources disagree. */
export interface DifferenceRow extends Difference {
  readonly identifier: string
  readonly source: EntrySource
}

/** witnesses.csv */
export const witnessesTable: CsvTable<WitnessRow> = {
  name: 'witnesses.csv',
  columns: [
    { name: 'identifier', description: 'Conversation identifier', cell: (row) => row.identifier },
    { name: 'source', description: 'Which further source was asked', cell: (row) => row.source },
    {
      name: 'answer',
      description: 'given; absent: it holds nothing of it; failed: it could not be asked',
      cell: (row) => row.answer,
    },
    {
      name: 'whole',
      description:
        'true if it shows everything of the conversation: it has no known limits, nothing was too fresh for it',
      cell: (row) => row.whole,
    },
    { name: 'entries', description: 'Entries of the window it gave', cell: (row) => row.entries },
    { name: 'agent_messages', description: 'Agent messages among them', cell: (row) => row.agentMessages },
    { name: 'end_user_messages', description: 'End-user messages among them', cell: (row) => row.endUserMessages },
    { name: 'only_here', description: 'Entries nobody else gave; archived', cell: (row) => count(row, 'only-here') },
    {
      name: 'not_here',
      description: 'Entries it should have given and did not',
      cell: (row) => count(row, 'not-here'),
    },
    {
      name: 'contradicting',
      description: 'Times it contradicts another source about an entry; each stands in differences.csv',
      cell: ({ differences }) => differences.filter(({ what }) => what !== 'only-here' && what !== 'not-here').length,
    },
  ],
}

/** differences.csv */
export const differencesTable: CsvTable<DifferenceRow> = {
  name: 'differences.csv',
  columns: [
    { name: 'identifier', description: 'Conversation identifier', cell: (row) => row.identifier },
    { name: 'entry_id', description: 'Identifier of the entry', cell: (row) => row.entryId },
    { name: 'source', description: 'Which further source disagrees', cell: (row) => row.source },
    {
      name: 'what',
      description:
        'only-here: nobody else gave it; not-here: it did not give it; text, time, sender, kind, content: it gave another one',
      cell: (row) => row.what,
    },
  ],
}

export function witnessRows({ identifier, witnesses }: Conversation): readonly WitnessRow[] {
  return witnesses.map((witness) => ({ identifier, ...witness }))
}

export function differenceRows({ identifier, witnesses }: Conversation): readonly DifferenceRow[] {
  return witnesses.flatMap(({ source, differences }) =>
    differences.map((difference) => ({ identifier, source, ...difference })),
  )
}

function count({ differences }: Witness, wanted: Difference['what']): number {
  return differences.filter(({ what }) => what === wanted).length
}
