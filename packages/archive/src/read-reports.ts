import { pipeline } from 'node:stream/promises'
import type { Delivered, Difference, EntrySource, Reconciliation, Witness } from '@custody/model'
import { parse } from 'csv-parse'
import type { SourceBag } from './erase-source.ts'
import type { Evidence } from './evidence.ts'
import { asItWas } from './read-report.ts'

/** What the reports of an archive say about one conversation. */
export interface ReportedConversation {
  readonly identifier: string | null
  readonly recordId: string | null
  readonly isArchived: boolean
  readonly sessions: number
  readonly reconciliation: Reconciliation
  /** Without who delivered it, which is not reported. */
  readonly delivered: Omit<Delivered, 'source'> | null
  readonly evidence: Evidence
  readonly sources: readonly EntrySource[]
  readonly witnesses: readonly Witness[]
}

/** Reads reconciliation.csv with witnesses.csv and differences.csv side by side: all three are in the order of the master. */
export async function* openReports(bag: SourceBag): AsyncGenerator<ReportedConversation, void, undefined> {
  const witnesses = new Ahead(rowsOf(bag, 'data/reports/witnesses.csv'))
  const differences = new Ahead(rowsOf(bag, 'data/reports/differences.csv'))
  try {
    for await (const row of rowsOf(bag, 'data/reports/reconciliation.csv')) {
      const isArchived = row['archived'] === 'true'
      // What was refused stands in rejects.jsonl, and gets its row from there.
      if (!isArchived && row['verdict'] !== 'excluded') continue
      const identifier = asItWas(row['identifier'] ?? '')
      const told = await differences.whileOf(row['identifier'])
      const asked = await witnesses.whileOf(row['identifier'])
      yield {
        identifier: identifier || null,
        recordId: row['record_id'] || null,
        isArchived,
        sessions: toCount(row['sessions']) ?? 0,
        reconciliation: {
          verdict: row['verdict'] as Reconciliation['verdict'],
          reason: row['reason'] || null,
          expectedAgentMessages: toCount(row['expected_agent_messages']),
          expectedEndUserMessages: toCount(row['expected_end_user_messages']),
        },
        delivered: deliveredIn(row),
        evidence: row['evidence'] as Evidence,
        sources: (row['sources'] ?? '').split(' ').filter(Boolean) as EntrySource[],
        witnesses: asked.map((witness) => witnessIn(witness, told)),
      }
    }
    await witnesses.end()
    await differences.end()
  } finally {
    await witnesses.close()
    await differences.close()
  }
}

type Row = Readonly<Record<string, string | undefined>>

async function* rowsOf(bag: SourceBag, path: string): AsyncGenerator<Row, void, undefined> {
  const parser = parse({ bom: true, columns: true, record_delimiter: '\r\n' })
  // A failure of the one ends the other with it; it is thrown where the rows are read.
  const reading = pipeline(bag.read(path), parser).catch(() => undefined)
  yield* parser
  await reading
}

/** Rows that are looked at before they are taken. */
class Ahead {
  readonly #rows: AsyncGenerator<Row, void, undefined>
  #next: Row | null | undefined

  constructor(rows: AsyncGenerator<Row, void, undefined>) {
    this.#rows = rows
  }

  /** The next rows, as long as they are of this conversation. */
  async whileOf(identifier: string | undefined): Promise<readonly Row[]> {
    const taken: Row[] = []
    for (let row = await this.#look(); row?.['identifier'] === identifier && row; row = await this.#look()) {
      taken.push(row)
      this.#next = undefined
    }
    return taken
  }

  /** Leaves the file, wherever it stands. */
  async close(): Promise<void> {
    await this.#rows.return()
  }

  /** To the end, so that the hash of the file is checked. */
  async end(): Promise<void> {
    if (await this.#look()) throw new Error('a valid archive has reports in one order')
  }

  async #look(): Promise<Row | null> {
    if (this.#next === undefined) this.#next = (await this.#rows.next()).value ?? null
    return this.#next
  }
}

function deliveredIn(row: Row): ReportedConversation['delivered'] {
  const entries = toCount(row['entries_delivered'])
  if (entries === null) return null
  return {
    entries,
    entriesInWindow: toCount(row['entries_in_window']) ?? 0,
    agentMessages: toCount(row['delivered_agent_messages']) ?? 0,
    endUserMessages: toCount(row['delivered_end_user_messages']) ?? 0,
    requests: 0,
  }
}

function witnessIn(row: Row, differences: readonly Row[]): Witness {
  return {
    source: row['source'] as EntrySource,
    answer: row['answer'] as Witness['answer'],
    whole: row['whole'] === 'true',
    entries: toCount(row['entries']) ?? 0,
    agentMessages: toCount(row['agent_messages']) ?? 0,
    endUserMessages: toCount(row['end_user_messages']) ?? 0,
    differences: differences
      .filter(({ source }) => source === row['source'])
      .map((difference) => ({
        entryId: asItWas(difference['entry_id'] ?? ''),
        what: difference['what'] as Difference['what'],
      })),
  }
}

function toCount(cell: string | undefined): number | null {
  return cell && /^\d{1,15}$/.test(cell) ? Number(cell) : null
}
