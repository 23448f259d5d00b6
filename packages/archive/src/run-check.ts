import { parseJson } from '@custody/model'
import { neutraliseFormula } from '@custody/sinks'
import { amendmentName, isAmendmentName } from './amendments-report.ts'
import type { AmendmentCounts } from './amendments-writer.ts'
import { type FileCheck, wholeText } from './file-check.ts'
import type { Findings } from './findings.ts'
import { otherForm } from './json-lines.ts'
import type { RunDocument } from './run-document.ts'
import { runSchema } from './schemas.ts'
import { verdictOf } from './tally.ts'

const RUN = 'run.json'
const MAX_BYTES = 4 * 1024 * 1024
/** The version of the format that this reader knows. */
const VERSION = 1

/** What is there, as far as it was counted. */
export interface FoundCounts {
  readonly conversations: number
  readonly erased: number
  readonly payloadOxum: string
  readonly recordsRoot: string
  readonly attachments: number
}

/** What is there, by those who looked into the content. */
export interface FoundContent {
  readonly entriesBySource: ReadonlyMap<string, number>
  readonly reports: {
    readonly found: number
    readonly gaps: number
    readonly rejects: number
    readonly countedOnly: number
    readonly verdicts: ReadonlyMap<string, number>
    readonly drops: ReadonlyMap<string, number>
    readonly differences: ReadonlyMap<string, number>
    readonly redactions: ReadonlyMap<string, number>
  }
  /** Rows of amendments.csv. */
  readonly amended: AmendmentCounts
}

/** Reads `run.json`, and holds what it says against what is there. */
export class RunCheck {
  readonly #findings: Findings
  document: RunDocument | null = null

  constructor(findings: Findings) {
    this.#findings = findings
  }

  file(): FileCheck {
    return wholeText(MAX_BYTES, (text, isWhole) => this.#read(text, isWhole))
  }

  finish(found: FoundCounts): void {
    if (this.document === null) return
    const { archive, amends, counts, payloadOxum, recordsRoot, erased = 0 } = this.document
    if (amends ? archive !== amendmentName(amends) : isAmendmentName(archive)) {
      this.#refuse('AMENDS_NAME', 'has a name that does not say which archive it amends, or whether it does')
    }
    this.#compare('conversations', counts.conversations, found.conversations)
    if (payloadOxum !== found.payloadOxum) this.#refuse('PAYLOAD_OXUM', 'says another size of the payload')
    if (recordsRoot !== found.recordsRoot) this.#refuse('RECORDS_ROOT', 'says another root over the records')
    if (erased !== found.erased) {
      this.#refuse('RUN_ERASED', `says ${erased} erased conversations; the master has ${found.erased}`)
    }
    // What erasure took is still counted here: the counts are those of the run.
    this.#compare('attachments', counts.attachments, found.attachments, found.erased > 0)
  }

  finishContent({ entriesBySource, reports, amended }: FoundContent, erased: number): void {
    if (this.document === null) return
    const { counts, amends } = this.document
    for (const kind of ['late', 'changed', 'vanished'] as const) this.#compare(kind, amends?.[kind] ?? 0, amended[kind])
    const hasLess = erased > 0
    const entries = [...entriesBySource.values()].reduce((sum, count) => sum + count, 0)
    this.#compare('entries', counts.entries, entries, hasLess)
    for (const field of ['found', 'gaps', 'rejects', 'countedOnly'] as const) {
      this.#compare(field, counts[field], reports[field])
    }
    for (const verdict of ['matched', 'missing', 'extra', 'differs', 'unknown', 'excluded'] as const) {
      this.#compare(verdict, counts[verdict], reports.verdicts.get(verdict) ?? 0)
    }
    this.#compareAll('entriesBySource', counts.entriesBySource, entriesBySource, hasLess)
    this.#compareAll('redactionsByType', counts.redactionsByType, reports.redactions, hasLess)
    this.#compareAll('differences', counts.differences, reports.differences)
    // The reasons stand in cells of gaps.csv.
    const drops = Object.entries(counts.drops).map(([reason, count]) => [neutraliseFormula(reason), count] as const)
    this.#compareAll('drops', Object.fromEntries(drops), reports.drops)
    const verdict = verdictOf(counts)
    if (this.document.verdict !== verdict) {
      this.#refuse('RUN_VERDICT', `says ${this.document.verdict}; its counts make it ${verdict}`)
    }
  }

  #read(text: string, isWhole: boolean): void {
    try {
      const value = parseJson(isWhole ? text : '')
      const version = typeof value === 'object' && value !== null && 'v' in value ? value['v'] : undefined
      if (typeof version === 'number' && version !== VERSION) {
        this.#refuse('FORMAT_UNKNOWN', `is of version ${version} of the format; only version ${VERSION} is known here`)
      }
      const parsed = runSchema.safeParse(JSON.parse(text))
      if (!parsed.success) this.#refuse('RUN_JSON', 'is not in the form of its schema')
      else if (`${JSON.stringify(value, null, 2)}\n` !== text) this.#refuse('RUN_JSON', otherForm)
      if (parsed.success) this.document = parsed.data
    } catch {
      this.#refuse('RUN_JSON', 'is no JSON that can be read')
    }
  }

  #compareAll(
    name: string,
    said: Readonly<Record<string, number>>,
    found: ReadonlyMap<string, number>,
    hasLess = false,
  ): void {
    const saidOf = new Map(Object.entries(said))
    for (const key of new Set([...saidOf.keys(), ...found.keys()])) {
      // The names come from outside, so they are not told.
      this.#compare(name, saidOf.get(key) ?? 0, found.get(key) ?? 0, hasLess)
    }
  }

  #compare(name: string, said: number, found: number, hasLess = false): void {
    if (said === found || (hasLess && found < said)) return
    this.#refuse('RUN_COUNTS', `says ${said} for ${name}; ${found} ${found === 1 ? 'is' : 'are'} there`)
  }

  #refuse(code: string, message: string): void {
    this.#findings.add(code, RUN, message)
  }
}
