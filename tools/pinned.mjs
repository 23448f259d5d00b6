// Runs a command with the pinned package manager and what is installed here on its PATH, on a machine that has only npm:
// node tools/pinned.mjs turbo run build
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const { devEngines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const { name, version } = devEngines.packageManager

const { status } = spawnSync('npx', ['--yes', '--package', `${name}@${version}`, ...process.argv.slice(2)], {
  stdio: 'inherit',
  env: { ...process.env, PATH: [join(root, 'node_modules', '.bin'), process.env.PATH].join(delimiter) },
  shell: process.platform === 'win32',
})
process.exitCode = status ?? 1
