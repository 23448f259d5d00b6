import { AUDIT_PART } from './bag.ts'
import { openContainer } from './container.ts'
import { Findings } from './findings.ts'

const filesAllowed = 1_000_000

/**
 * The part of the audit log that an archive holds, piece by piece; nothing where it holds none. Checks nothing: `verify()` does.
 *
 * @throws CustodyError of kind not-found: `ARCHIVE_NOT_FOUND`, `NOT_AN_ARCHIVE`
 */
export async function* readAuditPart(archive: string): AsyncGenerator<Buffer, void, undefined> {
  const container = await openContainer(archive, { files: filesAllowed }, new Findings())
  try {
    if (container.files.has(AUDIT_PART)) yield* container.read(AUDIT_PART)
  } finally {
    await container.close()
  }
}
