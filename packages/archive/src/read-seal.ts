import { SEAL_PREFIX } from './bag.ts'
import { openContainer } from './container.ts'
import { Findings } from './findings.ts'

const filesAllowed = 1_000_000
const maxFileBytes = 1024 * 1024

/**
 * The files under `seal/` of an archive, by path; none where it is not sealed. What is larger than any file of a seal is left out.
 * Checks nothing: `verify()` does.
 *
 * @throws CustodyError of kind not-found: `ARCHIVE_NOT_FOUND`, `NOT_AN_ARCHIVE`
 */
export async function readSealFiles(archive: string): Promise<ReadonlyMap<string, Uint8Array>> {
  const container = await openContainer(archive, { files: filesAllowed }, new Findings())
  try {
    const files = new Map<string, Uint8Array>()
    for (const [path, size] of container.files) {
      if (!path.startsWith(SEAL_PREFIX) || size > maxFileBytes) continue
      const chunks: Buffer[] = []
      for await (const chunk of container.read(path)) chunks.push(chunk)
      files.set(path, Buffer.concat(chunks))
    }
    return files
  } finally {
    await container.close()
  }
}
