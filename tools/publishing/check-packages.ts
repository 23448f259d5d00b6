// Packs every package as it would be published and looks for what its users would stumble over. They have to be built.
import { globSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { succeeded, withPackageManager } from '../pinned.ts'
import { packedProblems } from './packed-problems.ts'

const folder = await mkdtemp(join(tmpdir(), 'custody-packed-'))
try {
  // The page of the viewer travels inside @custody/transcripts.
  const published = ['--filter', './packages/*', '--filter', './apps/*', '--filter', '!@custody/viewer']
  succeeded(await withPackageManager(['pnpm', '--recursive', ...published, 'pack', '--pack-destination', folder]))
  const tarballs = globSync('*.tgz', { cwd: folder }).sort()
  let problems = tarballs.length === 0 ? 1 : 0
  for (const tarball of tarballs) {
    for (const problem of await packedProblems(join(folder, tarball))) {
      problems += 1
      console.log(`${basename(tarball)}: ${problem}`)
    }
  }
  console.log(`${tarballs.length} packages, ${problems} problems`)
  process.exitCode = problems > 0 ? 1 : 0
} finally {
  await rm(folder, { recursive: true, force: true })
}
