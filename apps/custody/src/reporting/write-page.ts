import { randomBytes } from 'node:crypto'
import { link, open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { CustodyError } from '@custody/pipeline'
import { syncDirectory } from '@custody/sinks'

/**
 * Writes a file under a name of its own first, so that under its final one it is whole or not there.
 *
 * @throws CustodyError `REPORT_EXISTS` (refused), `REPORT_FILE`
 */
export async function writePage(
  path: string,
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  { replace, signal }: { readonly replace: boolean; readonly signal: AbortSignal },
): Promise<void> {
  const staged = join(dirname(path), `.${basename(path)}.partial-${randomBytes(4).toString('hex')}`)
  try {
    await using file = await open(staged, 'wx')
    for await (const chunk of chunks) {
      signal.throwIfAborted()
      await file.writeFile(chunk)
    }
    await file.sync()
    if (replace) await rename(staged, path)
    // Unlike a rename, a link takes nothing's place.
    else await link(staged, path)
    await syncDirectory(dirname(path))
  } catch (error) {
    throw toFileError(path, error)
  } finally {
    await rm(staged, { force: true })
  }
}

function toFileError(path: string, error: unknown): unknown {
  const { code, syscall } = error as NodeJS.ErrnoException
  if (CustodyError.isInstance(error) || syscall === undefined) return error
  if (code === 'EEXIST') {
    return new CustodyError('REPORT_EXISTS', `There is a file already: ${path}.`, {
      kind: 'refused',
      actions: ['Name another one, or say --replace.'],
    })
  }
  return new CustodyError('REPORT_FILE', `The page ${path} cannot be written (${code ?? 'unknown'}).`, {
    cause: error,
    actions: ['Name a file in a directory that is there and may be written to: --out FILE'],
  })
}
