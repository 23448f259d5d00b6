import { execFileSync } from 'node:child_process'
import { existsSync, realpathSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { temporaryFolder } from './testing/temporary-folder.ts'

const script = fileURLToPath(new URL('./testing/print-digests.ts', import.meta.url))

/** Other programs of Node: places where systems have one, and those that the environment names, with `:` between them. */
const candidates = [
  '/usr/bin/node',
  '/usr/local/bin/node',
  ...(process.env['OTHER_NODES']?.split(':').filter((path) => path !== '') ?? []),
]
const others = candidates
  .filter((path) => existsSync(path) && realpathSync(path) !== realpathSync(process.execPath))
  .map((path) => ({ path, version: execFileSync(path, ['--version'], { encoding: 'utf8' }).trim() }))

/** What an archive of the same conversations is, written by this program. */
function digestsBy(node: string, env: Readonly<Record<string, string>> = {}): string {
  return execFileSync(node, ['--conditions', '@custody/source', '--no-warnings', script, temporaryFolder()], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], ...env },
  })
}

describe('the same conversations, window and key give the same archive, byte for byte', () => {
  test('wherever and whenever it is written: time zone and language are not in it', () => {
    const here = digestsBy(process.execPath, { TZ: 'UTC', LANG: 'C' })
    expect(here.match(/^[0-9a-f]{64} {2}data\//gm)?.length).toBeGreaterThan(20)
    expect(digestsBy(process.execPath, { TZ: 'Asia/Kathmandu', LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8' })).toBe(here)
  })

  test.for(others)('by $path, which is Node $version', ({ path, version }, { skip }) => {
    const [major] = version.slice(1).split('.')
    skip(Number(major) < 24, 'needs Node 24, which runs TypeScript as it stands')
    expect(digestsBy(path)).toBe(digestsBy(process.execPath))
  })
})
