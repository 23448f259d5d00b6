import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { heapOptions, isBounded, startBounded } from './bounded-heap.ts'
import { launcher, runCommand } from './testing/run-custody.ts'

const main = fileURLToPath(new URL('./main.ts', import.meta.url))
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'custody-heap-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

test.each([
  [['--max-old-space-size=512'], undefined, true],
  [['--conditions=x', '--max_old_space_size=512'], undefined, true],
  [['--max-old-space-size-percentage=50'], undefined, true],
  [[], '--enable-source-maps --max-old-space-size=4096', true],
  [[], '--max-old-space-sizes=1', false],
  [['--max-semi-space-size=8'], '', false],
  [[], undefined, false],
])('%j and NODE_OPTIONS %j: bounded %s', (execArgv, options, expected) => {
  expect(isBounded({ execArgv, env: { ...(options !== undefined && { NODE_OPTIONS: options }) } })).toBe(expected)
})

test('where a process can be replaced it is, and the command line stays', async () => {
  let replaced: readonly unknown[] = []
  const execve = ((...call: readonly unknown[]) => {
    replaced = call
    throw new Error('replaced')
  }) as NonNullable<typeof process.execve>
  const started = { execPath: '/node', execArgv: ['--no-warnings'], argv: ['/node', '/custody', 'verify', 'a b'] }
  await expect(startBounded({ ...started, env: { A: '1' }, execve })).rejects.toThrow('replaced')
  expect(replaced).toEqual([
    '/node',
    ['/node', ...heapOptions, '--no-warnings', '/custody', 'verify', 'a b'],
    { A: '1' },
  ])
})

test('where it cannot, another one runs and its exit code is ours', async () => {
  const script = join(folder, 'script.mjs')
  const seen = join(folder, 'seen.json')
  await writeFile(
    script,
    `import { writeFileSync } from 'node:fs'
writeFileSync(${JSON.stringify(seen)}, JSON.stringify([process.execArgv, process.argv.slice(2)]))
process.exitCode = 3`,
  )
  const { execPath, env } = process
  expect(await startBounded({ execPath, execArgv: [], argv: [execPath, script, 'one', 'a b'], env })).toBe(3)
  expect(JSON.parse(readFileSync(seen, 'utf8'))).toEqual([heapOptions, ['one', 'a b']])
})

// Loaded into the process under test: says what V8 was really given.
const tellHeap = `data:text/javascript,import v8 from 'node:v8'
process.on('exit', () => process.stdout.write('heap ' + Math.round(v8.getHeapStatistics().heap_size_limit / 2 ** 20)))`

test.each([
  ['the launcher', launcher, []],
  ['a node that nobody told of the heap', process.execPath, ['--conditions=@custody/source', main]],
])('%s runs under the bound', async (_, command, args) => {
  const env = { NODE_OPTIONS: `--import=${encodeURI(tellHeap)}` }
  const { code, stdout, stderr } = await runCommand(command, [...args, '--version'], { env })
  expect(stderr).toBe('')
  expect(code).toBe(0)
  const [, limitMib] = /heap (\d+)$/.exec(stdout) ?? []
  // The young generation comes on top.
  expect(Number(limitMib)).toBeGreaterThanOrEqual(1024)
  expect(Number(limitMib)).toBeLessThan(1200)
})

test('an old Node says that it is too old', async () => {
  const old = `data:text/javascript,Object.defineProperty(process,'versions',{value:{...process.versions,node:'22.1.0'}})`
  const args = ['--conditions=@custody/source', `--import=${old}`, main, 'demo']
  const { code, stderr } = await runCommand(process.execPath, args)
  expect(stderr).toMatch(/^Custody needs Node 24 or later; this is v\d+\.\d+\.\d+\.\n$/)
  expect(code).toBe(2)
})
