// Installs the pinned dependencies and makes the viewer, where they are missing or out of date. Runs on the oldest Node we accept,
// with npm alone.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const lockfile = readFileSync(join(root, 'pnpm-lock.yaml'))
const installed = join(root, 'node_modules', '.custody-installed')
const wanted = createHash('sha256').update(lockfile).digest('hex')

if (!existsSync(installed) || readFileSync(installed, 'utf8') !== wanted) {
  const { devEngines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const { name, version } = devEngines.packageManager
  process.stderr.write('Installing dependencies (once) …\n')
  const result = spawnSync('npx', ['--yes', `${name}@${version}`, 'install', '--frozen-lockfile'], {
    cwd: root,
    // Talk goes to stderr: stdout belongs to the command that follows.
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  })
  if (result.status !== 0) {
    process.stderr.write('The dependencies could not be installed; see the lines above.\n')
    process.exit(1)
  }
  writeFileSync(installed, wanted)
}

// What the page of the viewer is made of: its own sources, and what packages it has on board.
const sources = ['apps/viewer/src', 'packages/transcripts/src', 'packages/model/src']
const digest = createHash('sha256').update(wanted)
for (const folder of sources) {
  for (const name of readdirSync(join(root, folder), { recursive: true }).map(String).sort()) {
    if (/\.(?:ts|css|html)$/.test(name)) digest.update(name).update(readFileSync(join(root, folder, name)))
  }
}
const made = join(root, 'node_modules', '.custody-viewer')
const page = join(root, 'packages', 'transcripts', 'viewer.html')
const current = digest.digest('hex')
if (!existsSync(page) || !existsSync(made) || readFileSync(made, 'utf8') !== current) {
  const node = join(root, 'node_modules', '.bin', process.platform === 'win32' ? 'node.cmd' : 'node')
  const result = spawnSync(node, ['--conditions=@custody/source', 'apps/viewer/src/write-template.ts'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  })
  if (result.status !== 0) {
    process.stderr.write('The page of the viewer could not be made; see the lines above.\n')
    process.exit(1)
  }
  writeFileSync(made, current)
}
