import type { MasterConversation, PageSource, RunDocument } from '@custody/archive'
import { neutraliseFormula } from '@custody/sinks'
import { type Findings, findingsOf } from './findings.ts'
import { tableRows } from './table-rows.ts'
import { type TimeBins, timeBins } from './time-bins.ts'

/** What happened in one hour, day or month of the window. */
export interface BinFigures {
  /** Archived conversations that begin in it, by their first entry here. */
  conversations: number
  /** Those of them whose completeness is not proven. */
  doubtful: number
  agentMessages: number
  endUserMessages: number
  /** Of bots, of the system, of supervisors. */
  otherMessages: number
  /** Entries that are no messages. */
  events: number
  /** Messages that the census counts of conversations that begin in it, and nobody delivered. */
  missingMessages: number
}

export interface ChannelFigures {
  /** Name of the channel and its type, each perhaps unknown. */
  readonly name: string | null
  readonly type: string | null
  conversations: number
  messages: number
}

/** What a report tells of an archive, counted from its own files. */
export interface ArchiveFigures {
  readonly bins: Pick<TimeBins, 'size' | 'keys'>
  /** One for each key. */
  readonly byTime: readonly BinFigures[]
  /** What has no place in the window: conversations without any time. */
  readonly undated: BinFigures
  /** Conversations of the census that have no line, though something of them belongs to the window. */
  readonly refused: number
  /** By number of conversations, largest first. */
  readonly channels: readonly ChannelFigures[]
  /** What is in none of {@link channels}, because there are too many. */
  readonly otherChannels: ChannelFigures | null
  readonly conversations: number
  readonly entries: number
  readonly findings: Findings
}

const channelsMax = 40

/** Reads an archive once, one conversation at a time; what is kept does not grow with their number. */
export async function archiveFigures(archive: PageSource<RunDocument>, findingRows: number): Promise<ArchiveFigures> {
  const bins = timeBins(archive.run.window)
  const byTime = bins.keys.map(noFigures)
  const undated = noFigures()
  const channels = new Map<string, ChannelFigures>()
  const more = { name: null, type: null, conversations: 0, messages: 0 }
  const at = (instant: string | null | undefined): BinFigures =>
    byTime[(instant ? bins.indexOf(instant) : undefined) ?? -1] ?? undated
  const census = new CensusRows(archive)
  let conversations = 0
  let entries = 0
  for await (const conversation of archive.conversations()) {
    const { doubtful, missingMessages } = await census.of(conversation)
    const bin = at(conversation.entries[0]?.sentAt ?? conversation.startTime)
    bin.conversations += 1
    if (doubtful) bin.doubtful += 1
    bin.missingMessages += missingMessages
    const channel = channelOf(conversation, channels, more)
    channel.conversations += 1
    for (const { kind, sentAt, sender } of conversation.entries) {
      const figures = at(sentAt)
      if (kind !== 'message') figures.events += 1
      else if (sender.role === 'agent') figures.agentMessages += 1
      else if (sender.role === 'end-user') figures.endUserMessages += 1
      else figures.otherMessages += 1
      if (kind === 'message') channel.messages += 1
    }
    conversations += 1
    entries += conversation.entries.length
  }
  const refused = await census.end()
  return {
    bins,
    byTime,
    undated,
    refused,
    channels: [...channels.values()].sort((a, b) => b.conversations - a.conversations),
    otherChannels: more.conversations > 0 ? more : null,
    conversations,
    entries,
    findings: await findingsOf(archive, findingRows),
  }
}

function noFigures(): BinFigures {
  return {
    conversations: 0,
    doubtful: 0,
    agentMessages: 0,
    endUserMessages: 0,
    otherMessages: 0,
    events: 0,
    missingMessages: 0,
  }
}

function channelOf(
  { channelName: name, channelType: type }: MasterConversation,
  channels: Map<string, ChannelFigures>,
  more: ChannelFigures,
): ChannelFigures {
  const key = JSON.stringify([name, type])
  const known = channels.get(key)
  if (known) return known
  if (channels.size === channelsMax) return more
  const made = { name, type, conversations: 0, messages: 0 }
  channels.set(key, made)
  return made
}

type Row = Readonly<Record<string, string>>

/**
 * The rows of reconciliation.csv beside the conversations of the master. Both are in the order of the census, so neither has to be
 * kept; rows of conversations that have no line, or none any more, stand in between.
 */
class CensusRows {
  readonly #rows: AsyncGenerator<Row, void, undefined>
  #refused = 0

  constructor(archive: PageSource<RunDocument>) {
    this.#rows = tableRows(archive.read('data/reports/reconciliation.csv'))
  }

  async of({ identifier }: MasterConversation): Promise<{ doubtful: boolean; missingMessages: number }> {
    const cell = neutraliseFormula(identifier).toWellFormed()
    for (;;) {
      const { value: row } = await this.#rows.next()
      // Not in a valid archive: what no row speaks of is not proven.
      if (!row) return { doubtful: true, missingMessages: 0 }
      if (row['archived'] === 'true' && row['identifier'] === cell) {
        const doubtful = row['verdict'] !== 'matched'
        return { doubtful, missingMessages: doubtful ? missingOf(row) : 0 }
      }
      this.#pass(row)
    }
  }

  /** Passes over what is left; gives how many conversations the census names and the archive has not. */
  async end(): Promise<number> {
    for await (const row of this.#rows) this.#pass(row)
    return this.#refused
  }

  #pass({ archived, verdict }: Row): void {
    if (archived !== 'true' && verdict !== 'excluded' && verdict !== 'matched') this.#refused += 1
  }
}

function missingOf(row: Row): number {
  const lacking = (side: string): number =>
    Math.max(0, Number(row[`expected_${side}_messages`]) - Number(row[`delivered_${side}_messages`]))
  return lacking('agent') + lacking('end_user')
}
