#!/usr/bin/env node
import { CustodyError } from '@custody/pipeline'
import { runProgram } from './program.ts'

const stop = new AbortController()
let signals = 0
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.on(name, () => {
    // The first asks everything to close, the second does not wait for it.
    if (++signals > 1) process.exit(130)
    stop.abort(
      new CustodyError('INTERRUPTED', 'Interrupted. Nothing that looks finished was left behind.', {
        actions: ['Run the same command again: it starts over safely.'],
      }),
    )
  })
}
// A reader that goes away (`custody … | head`) is no failure of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0)
  throw error
})

const { stdout, stderr, env } = process
process.exitCode = await runProgram(process.argv.slice(2), { stdout, stderr, env, signal: stop.signal })
