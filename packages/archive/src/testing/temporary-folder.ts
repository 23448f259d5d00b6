import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** A folder that is gone when the test has ended. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'custody-archive-'))
  // Of tens of thousands of files it takes its time.
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }), 120_000)
  return folder
}
