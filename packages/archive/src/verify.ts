import { openContainer } from './container.ts'
import { Findings } from './findings.ts'
import { Verification } from './verification.ts'
import type { VerifyOptions, VerifyReport } from './verify-report.ts'

const MAX_FILES = 1_000_000

/**
 * Checks an archive, a folder or a ZIP, as hostile input: reads everything once, as a stream, unpacks nothing to disk, and
 * reports all that it finds, without content.
 *
 * @throws CustodyError of kind not-found, `ARCHIVE_NOT_FOUND` or `NOT_AN_ARCHIVE`; the signal's reason.
 */
export async function verify(path: string, options: VerifyOptions = {}): Promise<VerifyReport> {
  const { signal, maxFiles = MAX_FILES } = options
  signal?.throwIfAborted()
  const findings = new Findings()
  const container = await openContainer(path, { files: maxFiles }, findings)
  const verification = new Verification(container, findings, options)
  try {
    const checks = await verification.run()
    return {
      verdict: findings.list.length === 0 ? 'valid' : 'findings',
      path,
      container: container.kind,
      files: container.files.size,
      ...checks,
      findings: findings.list,
      findingsOmitted: findings.omitted,
    }
  } finally {
    await verification.close()
    await container.close()
  }
}
