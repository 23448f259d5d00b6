import { execFileSync } from 'node:child_process'
import { temporaryFolder } from './temporary-folder.ts'

/** A disk of its own of this size; null where this process may not mount one. */
export function smallDisk(kibibytes: number): { readonly path: string; unmount(): void } | null {
  if (process.platform !== 'linux') return null
  const path = temporaryFolder()
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${kibibytes}k`, 'tmpfs', path], { stdio: 'ignore' })
  } catch {
    return null
  }
  return { path, unmount: () => execFileSync('umount', ['-l', path]) }
}
