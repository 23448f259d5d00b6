import { type ChildProcess, spawn } from 'node:child_process'
import { basename } from 'node:path'
import { type Clock, CustodyError } from '@custody/pipeline'

export interface RunCommandOptions {
  readonly command: readonly [string, ...string[]]
  readonly timeoutMs: number
  readonly maxOutputBytes: number
  readonly clock: Clock
  readonly signal: AbortSignal | undefined
}

/**
 * Runs a program, without a shell: `input` is its stdin, its stdout the result. Its stderr goes nowhere, its arguments into no
 * error: both may hold secrets. On a timeout, an abort or too much output it is killed with all it started.
 *
 * @throws CustodyError `KEY_COMMAND`, `KEY_COMMAND_TIMEOUT`; the reason of the signal
 */
export async function runCommand(input: Uint8Array, options: RunCommandOptions): Promise<Buffer> {
  const { command, timeoutMs, maxOutputBytes, clock, signal } = options
  const [program, ...args] = command
  const name = basename(program)
  signal?.throwIfAborted()

  const done = new AbortController()
  const output = Promise.withResolvers<Buffer>()
  // A group of its own, so that what the program starts can be killed with it.
  const child = spawnOrThrow(
    () => spawn(program, args, { stdio: ['pipe', 'pipe', 'ignore'], detached: hasGroups }),
    name,
  )
  const chunks: Buffer[] = []
  let size = 0
  child.stdout?.on('data', (chunk: Buffer) => {
    size += chunk.length
    if (size > maxOutputBytes) output.reject(failed(name, `wrote more than ${maxOutputBytes} bytes`))
    else chunks.push(chunk)
  })
  child.on('error', (error) => output.reject(notStarted(name, error)))
  let ended = false
  child.on('close', (code, killedBy) => {
    ended = true
    if (code === 0) output.resolve(Buffer.concat(chunks))
    else output.reject(failed(name, code === null ? `was ended by ${killedBy}` : `ended with exit code ${code}`))
  })
  // A program that ends without reading everything breaks the pipe; what it did is told by its exit code and output.
  child.stdin?.on('error', () => undefined).end(input)

  const onAbort = (): void => output.reject(signal?.reason)
  signal?.addEventListener('abort', onAbort)
  clock.sleep(timeoutMs, done.signal).then(
    () => output.reject(timedOut(name, timeoutMs)),
    () => undefined,
  )
  try {
    return await output.promise
  } catch (error) {
    if (!ended) kill(child)
    throw error
  } finally {
    done.abort()
    signal?.removeEventListener('abort', onAbort)
  }
}

const hasGroups = process.platform !== 'win32'

function kill(child: ChildProcess): void {
  child.stdin?.destroy()
  child.stdout?.destroy()
  if (child.pid === undefined) return
  try {
    if (hasGroups) process.kill(-child.pid, 'SIGKILL')
    else child.kill('SIGKILL')
  } catch {
    // Gone already.
  }
}

function spawnOrThrow(start: () => ChildProcess, name: string): ChildProcess {
  try {
    return start()
  } catch (error) {
    throw notStarted(name, error)
  }
}

/** Without a cause: Node's error holds the arguments. */
function notStarted(name: string, error: unknown): CustodyError {
  return failed(name, `cannot be started (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`)
}

function timedOut(name: string, timeoutMs: number): CustodyError {
  return new CustodyError(
    'KEY_COMMAND_TIMEOUT',
    `The signing command ${name} did not end within ${timeoutMs} ms; it was killed.`,
    {
      retryable: true,
      actions: [
        'Run it by hand: it must read stdin to its end, ask nobody anything, and end.',
        'Or give it more time.',
      ],
    },
  )
}

/** The signing command did something else than sign. */
export function failed(name: string, what: string): CustodyError<'KEY_COMMAND'> {
  return new CustodyError('KEY_COMMAND', `The signing command ${name} ${what}.`, {
    actions: [
      'Run it by hand with some bytes on stdin: it must write the Ed25519 signature, 64 bytes or their base64, and end with 0.',
    ],
  })
}
