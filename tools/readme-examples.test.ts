import { mkdirSync } from 'node:fs'
import { mkdtemp, rm, rmdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runExample, typeScriptBlocks } from './run-example.ts'
import { find, read, root } from './workspace.ts'

// Far more than any of them takes: a data base starts slowly where everything else runs at the same time.
const timeoutMs = 60_000

// Inside examples/, because there every package of ours can be imported by name.
const parent = join(root, 'examples', '.tmp')
let folder: string
let written = 0

beforeAll(async () => {
  mkdirSync(parent, { recursive: true })
  folder = await mkdtemp(join(parent, 'run-'))
})
afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
  // Another run may be using it.
  await rmdir(parent).catch(() => undefined)
})

async function write(code: string): Promise<string> {
  const path = join(folder, `example-${++written}.ts`)
  await writeFile(path, code)
  return path
}

async function expectToRun(path: string): Promise<void> {
  const { status, output } = await runExample(path, timeoutMs)
  expect(status, status === null ? `still running after ${timeoutMs} ms:\n${output}` : output).toBe(0)
  expect(output.trim(), 'it says nothing').not.toBe('')
}

const readmes = find('README.md', '{packages,apps}/*/README.md', 'docs/write-your-own.md')
const blocks = readmes.flatMap((path) =>
  typeScriptBlocks(read(path)).map((code, index) => ({ path, code, number: index + 1 })),
)

test.each(readmes.filter((path) => path.startsWith('packages/')))('%s has an example', (path) => {
  expect(typeScriptBlocks(read(path))).not.toEqual([])
})

const patience = { timeout: timeoutMs + 10_000 }
test.each(blocks)('example $number of $path runs', patience, async ({ code }) => expectToRun(await write(code)))

const examples = find('examples/*.ts').filter((path) => !path.endsWith('.test.ts'))
test.each(examples)('%s runs', patience, (path) => expectToRun(join(root, path)))

test.each(examples)('%s is short enough to be read, and stands in the list', (path) => {
  expect(read(path).trimEnd().split('\n').length).toBeLessThan(60)
  expect(read('examples/README.md')).toContain(`](${path.replace('examples/', '')})`)
})

describe('an example that does not run is found out', () => {
  test.each([
    ['throws', 'console.log(1); throw new Error("broken")'],
    ['sets an exit code', 'console.log(1); process.exitCode = 3'],
    ['leaves a rejection unhandled', 'console.log(1); Promise.reject(new Error("broken"))'],
    ['imports what is not there', 'import "@custody/nothing"; console.log(1)'],
    ['says nothing', 'const silent: number = 1; void silent'],
  ])('one that %s', async (_, code) => {
    await expect(write(code).then(expectToRun)).rejects.toThrow()
  })

  test('one that hangs', async () => {
    const hanging = await write('console.log("started"); setInterval(() => undefined, 1000)')
    expect(await runExample(hanging, 1_000)).toEqual({ status: null, output: 'started\n' })
  })

  test('and one that runs is not', async () => {
    await expectToRun(await write('import { rebatch } from "@custody/pipeline"; console.log(rebatch(1).stageName)'))
  })
})

test('only blocks marked as TypeScript are examples', () => {
  const markdown = '```ts\nconst a = 1\n```\ntext\n```sh\nls\n```\n\n```ts\nconst b = `x`\n```\n'
  expect(typeScriptBlocks(markdown)).toEqual(['const a = 1\n', 'const b = `x`\n'])
})
