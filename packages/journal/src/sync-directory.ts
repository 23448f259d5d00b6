import { open } from 'node:fs/promises'

/** Flushes a directory, so that a name just given in it outlives a power cut. */
export async function syncDirectory(directory: string): Promise<void> {
  // Windows has no such call and needs none.
  if (process.platform === 'win32') return
  const handle = await open(directory, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
