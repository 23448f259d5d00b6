import { readSealFiles } from '@custody/archive'
import { CustodyError } from '@custody/pipeline'
import { type ArchiveJob, targetOf } from './archive-job.ts'

/**
 * An archive that bears a seal is not replaced: the one after it in the chain names it.
 *
 * @throws CustodyError `ARCHIVE_SEALED` of kind refused
 */
export async function assertNotSealed(
  job: Pick<ArchiveJob, 'archive' | 'orgAlias' | 'window' | 'amends' | 'replace' | 'replaceSealed'>,
): Promise<void> {
  if (!job.replace || job.replaceSealed) return
  const path = targetOf(job)
  const files = await readSealFiles(path).catch((error: unknown) => {
    if (CustodyError.isInstance(error) && error.kind === 'not-found') return new Map()
    throw error
  })
  if (files.size === 0) return
  throw new CustodyError('ARCHIVE_SEALED', `${path} is sealed: it is not replaced.`, {
    kind: 'refused',
    actions: ['Write the new one to another directory: --out DIR. Both then stand in the chain, one after the other.'],
  })
}
