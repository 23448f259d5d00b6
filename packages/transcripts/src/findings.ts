import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { PageSource } from '@custody/archive'
import { neutraliseFormula } from '@custody/sinks'
import { parse } from 'csv-parse'
import type { Finding, RedactionCounts } from './page-data.ts'

const GAPS = 'data/reports/gaps.csv'
const DIFFERENCES = 'data/reports/differences.csv'
const REDACTIONS = 'data/reports/redactions.jsonl'

/** So many are shown; hostile reports must not fill a browser. */
const FINDINGS_MAX = 100_000
/** Types are words of a policy; a conversation has few. */
const TYPES_MAX = 200
/** In characters; no line of a report is longer. */
const LINE_MAX = 1024 * 1024

/** What the reports of an archive say of the conversations in the page. */
export class ReportReader {
  readonly #archive: PageSource
  /** Number of a conversation by its identifier, as tables have it. */
  readonly #numbers = new Map<string, number>()
  readonly unreadable: string[] = []
  leftOut = 0
  elsewhere = 0
  #given = 0

  constructor(archive: PageSource) {
    this.#archive = archive
  }

  /** Takes a conversation into account; `number` counts them through from 0. */
  add(identifier: string, number: number): void {
    if (!this.#numbers.has(identifier)) this.#numbers.set(identifier, number)
  }

  async *findings(): AsyncGenerator<Finding, void, undefined> {
    const numbers = new Map([...this.#numbers].map(([identifier, number]) => [neutraliseFormula(identifier), number]))
    for await (const row of this.#rows(GAPS)) yield* this.#counted(numbers.get(row['identifier'] ?? ''), gapOf(row))
    for await (const row of this.#rows(DIFFERENCES)) {
      yield* this.#counted(numbers.get(row['identifier'] ?? ''), differenceOf(row))
    }
  }

  /** Counts of all redactions, conversation by conversation in their order. */
  async redactions(): Promise<readonly RedactionCounts[]> {
    const counts = new Map<number, Map<string, number>>()
    try {
      for await (const line of lines(this.#archive.read(REDACTIONS) ?? [])) {
        const { identifier, type } = JSON.parse(line) as { readonly identifier: unknown; readonly type: unknown }
        const number = this.#numbers.get(String(identifier))
        if (number === undefined || typeof type !== 'string') continue
        const types = counts.get(number) ?? new Map<string, number>()
        counts.set(number, types)
        if (types.has(type) || types.size < TYPES_MAX) types.set(type, (types.get(type) ?? 0) + 1)
      }
    } catch {
      this.unreadable.push(REDACTIONS)
    }
    return [...counts]
      .sort(([a], [b]) => a - b)
      .map(([conversation, types]) => ({ conversation, types: [...types].sort(([a], [b]) => (a < b ? -1 : 1)) }))
  }

  *#counted(conversation: number | undefined, finding: Omit<Finding, 'conversation'>): Generator<Finding> {
    if (conversation === undefined) this.elsewhere += 1
    else if (this.#given === FINDINGS_MAX) this.leftOut += 1
    else {
      this.#given += 1
      yield { conversation, ...finding }
    }
  }

  async *#rows(path: string): AsyncGenerator<Row, void, undefined> {
    const chunks = this.#archive.read(path)
    if (chunks === undefined) return
    const parser = parse({ bom: true, columns: true, record_delimiter: '\r\n', max_record_size: LINE_MAX })
    // A failure of the one ends the other with it; it is thrown where the rows are read.
    const reading = pipeline(Readable.from(chunks), parser).catch(() => undefined)
    try {
      yield* parser
    } catch {
      this.unreadable.push(path)
    }
    await reading
  }
}

type Row = Readonly<Record<string, string | undefined>>

function gapOf({ code = '', expected, found, reason, action }: Row): Omit<Finding, 'conversation'> {
  const counts = expected && found && `Expected ${expected}; delivered ${found}.`
  return { code, detail: [counts, reason && sentence(reason), action].filter(Boolean).join(' ') }
}

function differenceOf({ entry_id: entryId = '', source, what = '' }: Row): Omit<Finding, 'conversation'> {
  const differs = { 'only-here': 'alone gave it', 'not-here': 'did not give it' }[what] ?? `gave another ${what}`
  return { code: 'SOURCES_DIFFER', entryId: entryId.replace(/^'(?=[=+\-@\t])/, ''), detail: `${source} ${differs}.` }
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`
}

async function* lines(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of chunks) {
    const cut = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = cut.pop() ?? ''
    if (rest.length > LINE_MAX) throw new RangeError('a line of a report is too long')
    yield* cut
  }
  if (rest !== '') yield rest
}
