// Installs the pinned dependencies where they are missing or out of date. Runs on the oldest Node we accept, with npm alone.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
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
