import { CustodyError } from '@custody/pipeline'
import { SourceBag } from './erase-source.ts'
import { type PageSource, pageSource } from './page.ts'
import type { RunDocument } from './run-document.ts'
import { verify } from './verify.ts'
import type { VerifyOptions, VerifyReport } from './verify-report.ts'

/** A finished archive, to make something of: a page, or files of another format. */
export interface VerifiedArchive extends PageSource<RunDocument>, AsyncDisposable {
  /** What its verification said. */
  readonly report: VerifyReport
}

/**
 * Verifies an archive and opens it. What is read is held against its manifests once more: where it was changed meanwhile, the reader
 * throws `ARCHIVE_CHANGED` at the end of the file.
 *
 * @throws CustodyError of kind not-found: `ARCHIVE_NOT_FOUND`, `NOT_AN_ARCHIVE`; of kind refused: `ARCHIVE_NOT_VALID`
 */
export async function openVerified(path: string, options: VerifyOptions = {}): Promise<VerifiedArchive> {
  const report = await verify(path, options)
  const { run, findings, findingsOmitted } = report
  if (report.verdict !== 'valid' || run === null) throw notValid(path, findings.length + findingsOmitted)
  const bag = await SourceBag.open(path, report, options.signal)
  return { ...pageSource(bag, run), report, [Symbol.asyncDispose]: () => bag.close() }
}

/** Somebody asked for what an archive holds, and it is not as it was made. */
export function notValid(path: string, findings: number): CustodyError {
  return new CustodyError('ARCHIVE_NOT_VALID', `${path} is not as it was made: ${findings} findings.`, {
    kind: 'refused',
    actions: [`See what is wrong: custody verify ${path}`],
  })
}
