import type { EntrySource } from '@custody/model'

/** The sources a run can be told to read by. */
export type ReadableSource = Exclude<EntrySource, 'records'>

/** What `--source` accepts. */
export type SourceName = ReadableSource | 'auto'

export const sourceNames: readonly SourceName[] = [
  'conversation-data',
  'connect',
  'data360',
  'transcript-export',
  'auto',
]

/** What `--witness` accepts: every source can testify against the others. */
export const witnessNames: readonly ReadableSource[] = ['conversation-data', 'connect', 'data360', 'transcript-export']

/** What `--allow-fallback` accepts, by the source it stands in for. */
export const fallbackNames: Readonly<Partial<Record<SourceName, readonly Fallback[]>>> = {
  'conversation-data': ['connect'],
  data360: ['conversation-data'],
  'transcript-export': ['conversation-data'],
  auto: ['connect', 'conversation-data'],
}

/** A source that can be asked for a single conversation. */
export type Fallback = 'connect' | 'conversation-data'
