import { AMENDMENTS_PATH, AmendmentsCheck } from './amendments-check.ts'
import { AttachmentsCheck } from './attachments-check.ts'
import { AuditCheck } from './audit-check.ts'
import { AUDIT_PART, PART_PATTERN, SEAL_PREFIX } from './bag.ts'
import { BagInfoCheck } from './bag-info-check.ts'
import { ERASURES_PATH, ErasuresCheck } from './erasures-check.ts'
import type { FileCheck } from './file-check.ts'
import type { Findings } from './findings.ts'
import { MasterCheck } from './master-check.ts'
import type { CheckDepth } from './read-block.ts'
import { LEAVES_PATH, RECORDS_PATH, RecordsCheck } from './records-check.ts'
import { ReportsCheck } from './reports-check.ts'
import { RunCheck } from './run-check.ts'
import type { RunDocument } from './run-document.ts'
import { SCHEMA_PREFIX, schemaCheck } from './schema-check.ts'
import { checkSeal, type SealTrust } from './seal-check.ts'
import { SealFiles } from './seal-files.ts'
import { CSV_PREFIX } from './table-rows.ts'
import { TablesCheck } from './tables-check.ts'
import type { VerifyOptions, VerifyReport } from './verify-report.ts'

/** The content of an archive, each file of it held against the others, while the bytes pass by once. */
export class ContentChecks {
  readonly #findings: Findings
  readonly #depth: CheckDepth
  readonly #payloadOxum: string
  readonly #run: RunCheck
  readonly #master: MasterCheck
  readonly #records: RecordsCheck
  readonly #erasures: ErasuresCheck
  readonly #attachments: AttachmentsCheck
  readonly #tables: TablesCheck
  readonly #reports: ReportsCheck
  readonly #amendments: AmendmentsCheck
  readonly #audit: AuditCheck
  readonly #bagInfo: BagInfoCheck
  readonly #seal: SealFiles
  #recordsSha256: string | undefined

  constructor(
    files: ReadonlyMap<string, number>,
    payloadOxum: string,
    { depth = 'content', jobs, signal }: Pick<VerifyOptions, 'depth' | 'jobs' | 'signal'>,
    findings: Findings,
  ) {
    this.#findings = findings
    this.#depth = depth
    this.#payloadOxum = payloadOxum
    this.#run = new RunCheck(findings)
    this.#records = new RecordsCheck(findings)
    this.#erasures = new ErasuresCheck(findings)
    this.#attachments = new AttachmentsCheck(files, findings)
    this.#tables = new TablesCheck(files, findings)
    this.#reports = new ReportsCheck(findings, () => this.run)
    this.#amendments = new AmendmentsCheck(findings, () => this.run)
    this.#audit = new AuditCheck(findings)
    this.#bagInfo = new BagInfoCheck(payloadOxum, findings)
    this.#seal = new SealFiles(findings)
    this.#master = new MasterCheck(findings, {
      depth,
      jobs,
      signal,
      bytes: files.entries().reduce((sum, [path, size]) => sum + (PART_PATTERN.test(path) ? size : 0), 0),
      run: () => this.run,
      tables: this.#tables.paths,
      to: {
        block: ({ records, tables, archived, amended }) => {
          this.#records.expected(records)
          this.#tables.rows(tables)
          this.#reports.archived(archived)
          this.#amendments.entries(amended)
        },
        erased: (path, line, tombstone) => this.#erasures.tombstone(path, line, tombstone),
        file: (path, line, file, claimed) => this.#attachments.named(path, line, file, claimed),
      },
    })
  }

  /** What the archive says of itself, once its run.json was read. */
  get run(): RunDocument | null {
    return this.#run.document
  }

  /** What looks into a file while it is read. */
  of(path: string): FileCheck | undefined {
    switch (path) {
      case 'run.json':
        return this.#run.file()
      case 'bag-info.txt':
        return this.#bagInfo.file()
      case RECORDS_PATH:
        return this.#records.records()
      case LEAVES_PATH:
        return this.#records.leaves()
      case ERASURES_PATH:
        return this.#erasures.file()
      case AUDIT_PART:
        return this.#audit.file()
    }
    if (PART_PATTERN.test(path)) return this.#master.part(path)
    if (path.startsWith(SCHEMA_PREFIX)) return schemaCheck(path, this.#findings)
    if (path.startsWith(SEAL_PREFIX)) return this.#seal.file(path)
    if (this.#depth === 'bytes') return undefined
    if (path === AMENDMENTS_PATH) return this.#amendments.file()
    return path.startsWith(CSV_PREFIX) ? this.#tables.file(path) : this.#reports.file(path)
  }

  /** A file that was read whole, and its hash. */
  digest(path: string, sha256: string): void {
    if (path === RECORDS_PATH) this.#recordsSha256 = sha256
    if (path.startsWith(CSV_PREFIX)) this.#tables.digest(path, sha256)
    this.#attachments.file(path, sha256)
  }

  /** Has to be called, however the check ends. */
  async close(): Promise<void> {
    await this.#master.close()
  }

  /** Compares, once everything was read. */
  async finish(
    tagManifestSha256: string | null,
    trust: SealTrust,
  ): Promise<Pick<VerifyReport, 'run' | 'conversations' | 'erased' | 'recordsRoot' | 'seal'>> {
    const recordsRoot = this.#records.finish(this.#recordsSha256)
    const { lines: conversations } = this.#master
    const { erased } = this.#erasures
    const payloadOxum = this.#payloadOxum
    const attachments = this.#attachments.files
    this.#erasures.finish()
    this.#bagInfo.finish(this.run)
    this.#run.finish({ conversations, erased, payloadOxum, recordsRoot, attachments })
    if (this.#depth === 'content') {
      this.#tables.finish()
      this.#reports.finish()
      this.#amendments.finish(this.#erasures.erasures)
      this.#attachments.finish()
      const { entriesBySource } = this.#master
      const amended = this.#amendments.counts
      this.#run.finishContent({ entriesBySource, reports: this.#reports, amended }, erased)
    }
    const records = this.#records.leafCount
    const facts = {
      tagManifestSha256,
      payloadOxum,
      records,
      recordsRoot,
      erased,
      audit: this.#audit.part,
      run: this.run,
    }
    const { findings, report: seal } = await checkSeal(this.#seal.files, facts, trust)
    for (const { code, path, message } of findings) this.#findings.add(code, path, message)
    return { run: this.run, conversations, erased, recordsRoot, seal }
  }
}
