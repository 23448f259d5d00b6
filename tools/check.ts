// Every check there is, in one go: what `npm test` runs. Nothing stops at the first failure; the last line is the verdict.
import { spawn } from 'node:child_process'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const binaries = join(root, 'node_modules', '.bin')
// The Node the project declares comes first, so that every child process runs under it.
const environment = {
  ...process.env,
  PATH: `${binaries}${delimiter}${process.env['PATH'] ?? ''}`,
  // Hundreds of processes are started by the tests: what one has compiled, the next need not.
  NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] ?? join(root, 'node_modules', '.cache', 'compiled'),
  TURBO_TELEMETRY_DISABLED: '1',
}

const total = { passed: 0, failed: 0 }

await step('types', 'tsc', ['--noEmit', '-p', 'tsconfig.json'])
await step('types of the viewer', 'tsc', ['--noEmit', '-p', 'apps/viewer'])
await step('lint', 'biome', ['check', '--error-on-warnings', '.'])
// turbo starts each build through the package manager.
await step('build', process.execPath, ['tools/pinned.mjs', 'turbo', 'run', 'build', '--output-logs=errors-only'])
await step('import of every build', process.execPath, ['--input-type=module', '--eval', importAll(builtModules())])
await step('packed packages', process.execPath, ['tools/publishing/check-packages.ts'])
const tests = await runTests()

console.log(`${total.passed} passed, ${total.failed} failed`)
process.exitCode = total.failed > 0 || tests === 0 ? 1 : 0

/** Runs a command; says how it went in one line, and shows its output where it failed. */
async function step(name: string, command: string, args: readonly string[]): Promise<void> {
  const startedAt = performance.now()
  const { status, output } = await run(command, args, 'pipe')
  report(name, status === 0, startedAt)
  if (status === 0) total.passed += 1
  else {
    total.failed += 1
    console.log(output.trimEnd().replace(/^/gm, '  | '))
  }
}

/** Runs the tests, in sight. Returns how many were executed. */
async function runTests(): Promise<number> {
  const startedAt = performance.now()
  const folder = await mkdtemp(join(tmpdir(), 'custody-check-'))
  const file = join(folder, 'tests.json')
  try {
    const { status } = await run(
      'vitest',
      ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${file}`],
      'inherit',
    )
    const { passed, failed, skipped } = count(existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined)
    // A failure outside of any test, such as an unhandled rejection or a missing report, fails the run all the same.
    const outside = failed === 0 && (status !== 0 || passed === 0) ? 1 : 0
    total.passed += passed
    total.failed += failed + outside
    report(`tests: ${passed} passed, ${failed + outside} failed, ${skipped} skipped`, failed + outside === 0, startedAt)
    return passed + failed
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

interface TestReport {
  readonly testResults: readonly {
    readonly status: string
    readonly assertionResults: readonly { readonly status: string }[]
  }[]
}

function count(report: TestReport | undefined): { passed: number; failed: number; skipped: number } {
  const counts = { passed: 0, failed: 0, skipped: 0 }
  for (const { status, assertionResults } of report?.testResults ?? []) {
    const failed = assertionResults.filter((test) => test.status === 'failed').length
    // A file that could not even be loaded has no tests to count.
    counts.failed += status === 'failed' ? Math.max(1, failed) : failed
    counts.passed += assertionResults.filter((test) => test.status === 'passed').length
    counts.skipped += assertionResults.filter((test) => !['passed', 'failed'].includes(test.status)).length
  }
  return counts
}

/** What users of the published packages load. The app is left out: importing it would run it. */
function builtModules(): readonly string[] {
  return globSync('packages/*/package.json', { cwd: root })
    .map((manifest) => join(root, manifest, '..', 'dist', 'index.js'))
    .sort()
}

function importAll(modules: readonly string[]): string {
  return modules.map((module) => `await import(${JSON.stringify(`file://${module}`)})`).join('\n')
}

function report(name: string, passed: boolean, startedAt: number): void {
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
  console.log(`${passed ? 'ok    ' : 'FAILED'}  ${name} (${seconds} s)`)
}

function run(
  command: string,
  args: readonly string[],
  output: 'pipe' | 'inherit',
): Promise<{ readonly status: number | null; readonly output: string }> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, env: environment, stdio: ['ignore', output, output] })
    const chunks: Buffer[] = []
    child.stdout?.on('data', (chunk) => chunks.push(chunk))
    child.stderr?.on('data', (chunk) => chunks.push(chunk))
    child.once('error', (error) => resolve({ status: null, output: error.message }))
    child.once('close', (status) => resolve({ status, output: Buffer.concat(chunks).toString('utf8') }))
  })
}
