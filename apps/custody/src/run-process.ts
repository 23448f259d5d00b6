// The command line as a process: signals, streams that go away, the exit code. Loaded by main.ts.
import { CustodyError } from '@custody/pipeline'
import { runProgram } from './program.ts'

/** So long a stopped run has to close everything. What it leaves when it needs longer, the next run removes. */
const closingMs = 4_500

const stop = new AbortController()
let signals = 0
// A closed terminal (SIGHUP) must not leave a half-written archive behind either.
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(name, () => {
    // The first asks everything to close, the second does not wait for it.
    if (++signals > 1) process.exit(130)
    setTimeout(giveUp, closingMs).unref()
    stop.abort(
      new CustodyError('INTERRUPTED', 'Interrupted. Nothing that looks finished was left behind.', {
        actions: ['Run the same command again: it starts over safely.'],
      }),
    )
  })
}
const { stdout, stderr, env } = process

function giveUp(): void {
  stderr.write('Stopped in the middle of something; the same command again tidies up and goes on.\n')
  process.exit(130)
}

for (const stream of [stdout, stderr]) {
  // A reader that goes away (`custody … | head`) ends neither the job nor its exit code: what is left to say is unheard.
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
  })
}

process.exitCode = await runProgram(process.argv.slice(2), { stdout, stderr, env, signal: stop.signal })
// Everything is closed by now; only a retry that nobody waits for any more could keep an interrupted process alive.
if (stop.signal.aborted) process.exit()
