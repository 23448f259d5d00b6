import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const hook = `
import { registerHooks } from 'node:module'
registerHooks({ load(url, context, next) { process.stderr.write(url + '\\n'); return next(url, context) } })`

test('help loads no command, no schema and none of what they need', () => {
  const main = join(import.meta.dirname, 'main.ts')
  const options = [
    '--max-old-space-size=1024',
    '--conditions=@custody/source',
    `--import=data:text/javascript,${encodeURIComponent(hook)}`,
  ]
  const script = `"$@" 2>&1 >/dev/null`
  const loaded = execFileSync('sh', ['-c', script, 'sh', process.execPath, ...options, main, '--help'], {
    encoding: 'utf8',
  })
  const modules = loaded.split('\n').filter((url) => url.startsWith('file:'))
  expect(modules.length).toBeGreaterThan(30)
  const packages = modules.flatMap(
    (url) => /node_modules\/(?:\.pnpm\/)?(@?[a-z-]+)|packages\/([a-z0-9-]+)/.exec(url)?.slice(1) ?? [],
  )
  expect([...new Set(packages.filter(Boolean))].sort()).toEqual(['commander', 'pipeline'])
})
