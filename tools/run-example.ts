import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface ExampleRun {
  /** Null when it was killed for taking too long. */
  readonly status: number | null
  readonly output: string
}

/** Runs a module from source, as a newcomer would, in an empty folder of its own. */
export async function runExample(path: string, timeoutMs: number): Promise<ExampleRun> {
  const folder = await mkdtemp(join(tmpdir(), 'custody-example-'))
  try {
    return await new Promise((resolve, reject) => {
      const child = spawn(process.execPath, ['--conditions=@custody/source', path], {
        cwd: folder,
        stdio: ['ignore', 'pipe', 'pipe'],
        env: environment,
        timeout: timeoutMs,
        killSignal: 'SIGKILL',
      })
      const chunks: Buffer[] = []
      child.stdout.on('data', (chunk) => chunks.push(chunk))
      child.stderr.on('data', (chunk) => chunks.push(chunk))
      child.once('error', reject)
      child.once('close', (status) => resolve({ status, output: Buffer.concat(chunks).toString('utf8') }))
    })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

// What the test runner sets for itself must not reach the example: it would behave as if it were under test.
const environment = Object.fromEntries(
  Object.entries(process.env).filter(
    ([name]) => !/^(VITEST|NODE_TEST|NODE_OPTIONS|NODE_ENV|TEST$|FORCE_COLOR)/.test(name),
  ),
)

/** The code of every block of a Markdown text that is marked as TypeScript. */
export function typeScriptBlocks(markdown: string): readonly string[] {
  return [...markdown.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, code = '']) => code)
}
