import { createHash } from 'node:crypto'
import { createReadStream, lstatSync } from 'node:fs'
import { link, mkdir, open, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { CustodyError, usageError } from '@custody/pipeline'
import { policyDigest, type RedactorOptions, rulePackVersion, type Vault } from '@custody/redact'
import { assertWritableDirectory, syncDirectory } from '@custody/sinks'
import { FieldRedactor, type FileCounts } from './field-redactor.ts'
import type { FileFormat } from './file-format.ts'
import { redactCsv } from './redact-csv.ts'
import { redactJsonl } from './redact-jsonl.ts'
import { redactPlainText } from './redact-plain-text.ts'

export interface FileToRedact extends Omit<RedactorOptions, 'onPseudonym'> {
  /** Opened where the policy asks for one. */
  readonly vault: Vault | null
  readonly path: string
  readonly directory: string
  readonly format: FileFormat
  /** Columns of a CSV, top keys of JSON lines; null for all. */
  readonly columns: readonly string[] | null
  /** Names what is unfinished. */
  readonly runId: string
  /** For the report. */
  readonly tool: string
  readonly signal: AbortSignal
}

/** What came of a file. */
export interface RedactedFile extends FileCounts {
  readonly path: string
  /** Where each replacement stands, without what stood there. */
  readonly findings: string
  /** What was done, with counts. */
  readonly report: string
}

/**
 * Writes a redacted copy of a file, with its findings and a report beside it, in memory that does not grow with the file.
 * Nothing is written over; nothing is left behind when it fails.
 *
 * @throws CustodyError `REDACT_EXISTS`, `REDACT_FILE`, `REDACT_ENCODING`, `REDACT_CSV`, `REDACT_COLUMNS`, `REDACT_JSONL`
 */
export async function redactFile(job: FileToRedact): Promise<RedactedFile> {
  const { directory, runId } = job
  const name = basename(job.path)
  const places = { path: name, findings: `${name}.findings.jsonl`, report: `${name}.report.json` }
  assertWritableDirectory(directory)
  for (const place of Object.values(places)) assertFree(join(directory, place))
  await mkdir(directory, { recursive: true, mode: 0o700 })

  const { vault } = job
  const redactor = new FieldRedactor({
    ...job,
    ...(vault && { onPseudonym: (pseudonym, found) => vault.put(pseudonym, found) }),
  })
  const unfinished = (place: string): string => join(directory, `.${place}.partial-${runId}`)
  const hashes = { before: createHash('sha256'), after: createHash('sha256') }
  try {
    await using text = await open(unfinished(places.path), 'wx', 0o600)
    await using findings = await open(unfinished(places.findings), 'wx', 0o600)
    for await (const piece of rewritten(job, redactor, (bytes) => hashes.before.update(bytes))) {
      job.signal.throwIfAborted()
      // A pseudonym is let out once what stands behind it is safe.
      await vault?.flush()
      const bytes = Buffer.from(piece)
      hashes.after.update(bytes)
      await text.writeFile(bytes)
      await findings.writeFile(
        redactor
          .takeFindings()
          .map((finding) => `${JSON.stringify(finding)}\n`)
          .join(''),
      )
    }
    await using report = await open(unfinished(places.report), 'wx', 0o600)
    await report.writeFile(reportOf(job, redactor.counts(), hashes.before.digest('hex'), hashes.after.digest('hex')))
    for (const file of [text, findings, report]) await file.sync()
    // Given their names without taking anybody's: the text last, for who sees it may count on the others.
    for (const place of [places.findings, places.report, places.path]) {
      await link(unfinished(place), join(directory, place)).catch((cause: NodeJS.ErrnoException) => {
        throw cause.code === 'EEXIST' ? exists(join(directory, place)) : cause
      })
    }
    await syncDirectory(directory)
  } finally {
    for (const place of Object.values(places)) await rm(unfinished(place), { force: true })
  }
  return {
    path: join(directory, places.path),
    findings: join(directory, places.findings),
    report: join(directory, places.report),
    ...redactor.counts(),
  }
}

function rewritten(
  { path, format, columns }: FileToRedact,
  redactor: FieldRedactor,
  onBytes: (bytes: Buffer) => void,
): AsyncGenerator<string, void, undefined> {
  const pieces = decoded(path, onBytes)
  if (format === 'csv') return redactCsv(pieces, redactor, columns)
  if (format === 'jsonl') return redactJsonl(pieces, redactor, columns)
  return redactPlainText(pieces, redactor)
}

/** The file as text. A byte that is no UTF-8 ends it: what cannot be read cannot be searched. */
async function* decoded(path: string, onBytes: (bytes: Buffer) => void): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  try {
    for await (const bytes of createReadStream(path)) {
      onBytes(bytes)
      yield decoder.decode(bytes, { stream: true })
    }
    yield decoder.decode()
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') {
      throw new CustodyError('REDACT_ENCODING', `${path} is not UTF-8: it cannot be searched as it is.`, {
        cause: error,
        actions: ['Convert it first: iconv -f WINDOWS-1252 -t UTF-8'],
      })
    }
    if (!(error instanceof Error) || !('syscall' in error)) throw error
    throw new CustodyError('REDACT_FILE', `${path} cannot be read (${code ?? 'unknown'}).`, {
      kind: code === 'ENOENT' ? 'not-found' : 'failure',
      cause: error,
      actions: ['Check the path and its permissions.'],
    })
  }
}

function reportOf(job: FileToRedact, counts: FileCounts, before: string, after: string): string {
  const { format, columns, policy, keyId = 'k1', tool } = job
  const report = {
    v: 1,
    tool,
    format,
    columns,
    policyDigest: policyDigest(policy),
    rulePack: rulePackVersion,
    keyId,
    sha256Before: before,
    sha256After: after,
    ...counts,
    scope:
      'Personal data was searched by its form, and by the lists of the policy. Names of people were searched only where a list has them. The result is pseudonymised, not anonymous.',
  }
  return `${JSON.stringify(report, null, 2)}\n`
}

function assertFree(path: string): void {
  if (lstatSync(path, { throwIfNoEntry: false }) !== undefined) throw exists(path)
}

function exists(path: string): CustodyError {
  return usageError('REDACT_EXISTS', `There is a file already: ${path}.`, 'Name another directory: --out DIR')
}
