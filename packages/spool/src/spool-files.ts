import { mkdir, mkdtemp, open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { CustodyError } from '@custody/pipeline'

/** The file system, as far as a spool needs it. */
export interface SpoolFiles {
  /** Makes a folder that nobody else may look into, and gives its path. */
  makeFolder(directory: string): Promise<string>
  /** Makes a file that nobody else may read. */
  makeFile(path: string): Promise<SpoolFile>
  /** Removes a file. */
  removeFile(path: string): Promise<void>
  /** Removes a folder with all that is in it; one that is not there is fine. */
  removeFolder(folder: string): Promise<void>
}

/** An open file. */
export interface SpoolFile {
  /** Writes all of the bytes. */
  write(bytes: Uint8Array, position: number): Promise<void>
  /** Reads up to `length` bytes; fewer only at the end of the file. */
  read(position: number, length: number): Promise<Buffer>
  close(): Promise<void>
}

/** The machine's files. */
export const diskFiles: SpoolFiles = {
  async makeFolder(directory) {
    await mkdir(directory, { recursive: true })
    // Made with mode 0700.
    return await mkdtemp(join(directory, 'custody-spool-'))
  },
  async makeFile(path) {
    const handle = await open(path, 'wx+', 0o600)
    return {
      async write(bytes, position) {
        for (let written = 0; written < bytes.length; ) {
          const { bytesWritten } = await handle.write(bytes, written, bytes.length - written, position + written)
          written += bytesWritten
        }
      },
      async read(position, length) {
        const bytes = Buffer.allocUnsafe(length)
        let filled = 0
        while (filled < length) {
          const { bytesRead } = await handle.read(bytes, filled, length - filled, position + filled)
          if (bytesRead === 0) break
          filled += bytesRead
        }
        return bytes.subarray(0, filled)
      },
      close: () => handle.close(),
    }
  },
  removeFile: (path) => rm(path, { force: true }),
  removeFolder: (folder) => rm(folder, { recursive: true, force: true }),
}

/** Awaits work on the files of a spool; what the disk refuses becomes `SPOOL_DISK`. */
export async function onDisk<T>(directory: string, work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (typeof code !== 'string' || CustodyError.isInstance(error)) throw error
    throw new CustodyError('SPOOL_DISK', `Cannot keep records in ${directory} for the time of the run (${code}).`, {
      cause: error,
      actions: [
        'Free space there (a spool takes up to twice the size of what it holds), allow writing, or name another directory.',
      ],
    })
  }
}
