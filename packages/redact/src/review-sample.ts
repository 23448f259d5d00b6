import { createHmac } from 'node:crypto'
import type { Conversation, Redaction } from '@custody/model'
import { usageError } from '@custody/pipeline'
import { csvRow } from './csv-cells.ts'
import type { Found } from './found.ts'
import { label } from './replacement.ts'
import { unescaped } from './unescaped.ts'

/** How many findings are drawn for people to look at. */
export interface ReviewSampleOptions {
  /** The same seed and findings give the same sample. */
  readonly seed: string
  /** Findings of each type and detector. @defaultValue 20 */
  readonly perStratum?: number
  /**
   * Whether what was found is shown: a reviewer can decide at once, and the file holds personal data. Otherwise it is named by
   * place and length, to be looked up. @defaultValue false
   */
  readonly original?: boolean
}

/** A sample of findings in texts, for people to say which were right. */
export interface ReviewSample {
  /** CSV with the columns of {@link reviewColumns}; the last one is to be filled in. */
  toCsv(): string
  /** @internal Called by {@link createEvidence}. */
  add(original: Conversation, found: readonly (readonly [Redaction, Found])[]): void
}

/** Columns of a review sample. `decision` is `right`, `wrong` or `unsure`; empty: not looked at. */
export const reviewColumns = [
  'id',
  'type',
  'detector',
  'score',
  'action',
  'ofFindings',
  'conversation',
  'entry',
  'start',
  'length',
  'before',
  'found',
  'after',
  'decision',
] as const

interface Row {
  readonly rank: string
  readonly redaction: Redaction
  readonly score: number
  readonly conversation: string
  readonly before: string
  readonly found: string
  readonly after: string
}

interface Stratum {
  /** The rows of lowest rank, in order. */
  readonly rows: Row[]
  findings: number
}

const contextLength = 40

/**
 * Draws a sample of equal size from each type and detector, whatever comes how often: by a keyed hash of each finding's place,
 * so that neither order nor number of conversations matters.
 *
 * @throws CustodyError `REVIEW_SAMPLE` of kind usage.
 */
export function createReviewSample({ seed, perStratum = 20, original = false }: ReviewSampleOptions): ReviewSample {
  if (!Number.isInteger(perStratum) || perStratum < 1 || perStratum > 10_000)
    throw usageError('REVIEW_SAMPLE', 'review sample: perStratum must be a whole number of 1 to 10000')
  const strata = new Map<string, Stratum>()

  return {
    add(conversation, found) {
      const inTexts = found.filter(([{ field, detector }]) => field === 'text' && detector !== 'field-policy')
      if (inTexts.length === 0) return
      const texts = new Map(conversation.entries.map(({ entryId, text }) => [entryId, text ?? '']))
      for (const [redaction, { score }] of inTexts) {
        const key = `${redaction.type} ${redaction.detector}`
        const stratum = strata.get(key) ?? { rows: [], findings: 0 }
        strata.set(key, stratum)
        stratum.findings += 1
        const { entryId, start } = redaction
        const place = JSON.stringify([conversation.identifier, entryId, start, redaction.type])
        const rank = createHmac('sha256', seed).update(place).digest('hex')
        if (stratum.rows.length === perStratum && rank >= (stratum.rows.at(-1) as Row).rank) continue
        const others = inTexts.map(([other]) => other).filter((other) => other.entryId === entryId)
        const shown = excerpt(texts.get(entryId as string) ?? '', redaction, others, original)
        insert(stratum.rows, { rank, redaction, score, conversation: conversation.identifier, ...shown }, perStratum)
      }
    },
    toCsv() {
      let csv = csvRow(reviewColumns)
      for (const [, { rows, findings }] of [...strata].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
        for (const { rank, redaction, score, conversation, before, found, after } of rows) {
          const { type, detector, action, entryId, start, length } = redaction
          const place = [conversation, entryId ?? '', start, length]
          csv += csvRow([
            rank.slice(0, 12),
            type,
            detector,
            score,
            action,
            findings,
            ...place,
            before,
            found,
            after,
            '',
          ])
        }
      }
      return csv
    },
  }
}

function insert(rows: Row[], row: Row, limit: number): void {
  const at = rows.findIndex(({ rank }) => rank > row.rank)
  rows.splice(at < 0 ? rows.length : at, 0, row)
  if (rows.length > limit) rows.pop()
}

/** The text around a finding, with everything that was found in it replaced. */
function excerpt(
  text: string,
  { start, length, type }: Redaction,
  others: readonly Redaction[],
  original: boolean,
): Pick<Row, 'before' | 'found' | 'after'> {
  // Offsets are of the text as its reader sees it, where that was rewritten.
  const seen = unescaped(text)
  const between = (from: number, to: number): string => {
    let shown = ''
    let at = from
    for (const other of others.toSorted((a, b) => a.start - b.start)) {
      const end = other.start + other.length
      if (end <= at || other.start >= to) continue
      shown += seen.slice(at, Math.max(at, other.start)) + label(other.type)
      at = end
    }
    return shown + seen.slice(at, Math.max(at, to))
  }
  const end = start + length
  return {
    before: between(Math.max(0, start - contextLength), start),
    found: original ? seen.slice(start, end) : label(type),
    after: between(end, Math.min(seen.length, end + contextLength)),
  }
}
