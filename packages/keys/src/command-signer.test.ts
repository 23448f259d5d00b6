import { once } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { inspect } from 'node:util'
import type { Clock } from '@custody/pipeline'
import { verifySignature } from '@custody/seal'
import { describe, expect, onTestFinished, test } from 'vitest'
import { commandSigner } from './command-signer.ts'
import { initKey } from './init-key.ts'
import { freshDirectory, standingClock } from './testing/key-directory.ts'
import { signingCommand } from './testing/signing-command.ts'

const message = Buffer.from('a message\n')
const clock = standingClock('2026-11-21T08:00:00.000Z')

async function withCommand() {
  const directory = await freshDirectory()
  const { publicKey } = await initKey({ directory })
  const folder = join(directory, '..', 'command')
  await mkdir(folder)
  const command = await signingCommand(folder)
  const keyFile = join(directory, 'signing-key.pem')
  return { publicKey, run: (behaviour: string, ...args: string[]) => command(behaviour, keyFile, ...args) }
}

test.each(['raw', 'base64', 'base64 in lines'])('takes the signature: %s', async (behaviour) => {
  const { publicKey, run } = await withCommand()
  const signer = commandSigner({ command: run(behaviour), publicKey, clock })
  expect(signer.publicKey).toEqual(publicKey)
  const signature = await signer.sign(message)
  expect(signature).toHaveLength(64)
  expect(verifySignature(publicKey, message, signature)).toBe(true)
})

test('signs what is empty, what is large, and several at once', async () => {
  const { publicKey, run } = await withCommand()
  const signer = commandSigner({ command: run('raw'), publicKey, clock })
  const messages = [Buffer.alloc(0), Buffer.alloc(1_048_576, 7), Buffer.from('\0\xff', 'latin1')]
  const signatures = await Promise.all(messages.map((one) => signer.sign(one)))
  for (const [index, signature] of signatures.entries()) {
    expect(verifySignature(publicKey, messages[index] ?? message, signature)).toBe(true)
  }
})

test.each([
  ['another message', 'KEY_COMMAND_SIGNATURE', 'refused', /does not verify/],
  ['a flipped bit', 'KEY_COMMAND_SIGNATURE', 'refused', /does not verify/],
  ['without reading', 'KEY_COMMAND_SIGNATURE', 'refused', /does not verify/],
  ['one byte more', 'KEY_COMMAND', 'failure', /no Ed25519 signature/],
  ['one byte less', 'KEY_COMMAND', 'failure', /no Ed25519 signature/],
  ['nothing', 'KEY_COMMAND', 'failure', /no Ed25519 signature/],
  ['hex', 'KEY_COMMAND', 'failure', /no Ed25519 signature/],
  ['base64url', 'KEY_COMMAND', 'failure', /no Ed25519 signature/],
  ['exit code', 'KEY_COMMAND', 'failure', /exit code 3/],
  ['kills itself', 'KEY_COMMAND', 'failure', /SIGTERM/],
  ['flood', 'KEY_COMMAND', 'failure', /more than 4096 bytes/],
])('gives out nothing that is no signature: %s', async (behaviour, code, kind, text) => {
  const { publicKey, run } = await withCommand()
  const signer = commandSigner({ command: [...run(behaviour), 'SECRET-PIN'], publicKey, clock })
  // Larger than a pipe holds: a program that does not read it must not bring anybody down.
  const error = await signer.sign(Buffer.alloc(1_048_576)).catch((thrown) => thrown)
  expect(error).toMatchObject({ code, kind })
  expect(error.message).toMatch(text)
  expect(inspect(error, { depth: 9, showHidden: true })).not.toMatch(/SECRET-/)
})

test('another key than the one it should have', async () => {
  const { run } = await withCommand()
  const { publicKey } = await withCommand()
  const signer = commandSigner({ command: run('raw'), publicKey, clock })
  await expect(signer.sign(message)).rejects.toMatchObject({ code: 'KEY_COMMAND_SIGNATURE' })
})

test.each(['/nowhere/sign', 'custody-no-such-program', '/'])(
  'a program that cannot be started: %s',
  async (program) => {
    const signer = commandSigner({ command: [program, 'SECRET-PIN'], publicKey: new Uint8Array(32), clock })
    const error = await signer.sign(message).catch((thrown) => thrown)
    expect(error).toMatchObject({ code: 'KEY_COMMAND', kind: 'failure' })
    expect(error.message).toMatch(/cannot be started \(E[A-Z]+\)/)
    expect(inspect(error, { depth: 9, showHidden: true })).not.toMatch(/SECRET-/)
  },
)

test('there is no shell', async () => {
  const signer = commandSigner({ command: ['true; echo', '$(true)'], publicKey: new Uint8Array(32), clock })
  await expect(signer.sign(message)).rejects.toThrow('ENOENT')
})

describe('a program that hangs is killed, and what it started with it', () => {
  /** Counts the processes that are alive: each holds a connection. */
  async function aliveServer() {
    const sockets: Socket[] = []
    const both = Promise.withResolvers<void>()
    const server = createServer((socket) => {
      socket.on('error', () => undefined).resume()
      if (sockets.push(socket) === 2) both.resolve()
    }).listen(0, '127.0.0.1')
    onTestFinished(() => void server.close())
    await once(server, 'listening')
    const ended = async (): Promise<void> => {
      await Promise.all(sockets.map((socket) => socket.closed || once(socket, 'close')))
    }
    return { port: String((server.address() as AddressInfo).port), both: both.promise, ended }
  }

  test('on a timeout', async () => {
    const { publicKey, run } = await withCommand()
    const alive = await aliveServer()
    const asked: number[] = []
    const untilBoth: Clock = {
      now: () => 0,
      async sleep(ms) {
        asked.push(ms)
        await alive.both
      },
    }
    const signer = commandSigner({ command: run('hang', alive.port), publicKey, timeoutMs: 5_000, clock: untilBoth })
    await expect(signer.sign(message)).rejects.toMatchObject({ code: 'KEY_COMMAND_TIMEOUT', retryable: true })
    expect(asked).toEqual([5_000])
    await alive.ended()
  })

  test('on an abort, with the reason of the signal', async () => {
    const { publicKey, run } = await withCommand()
    const alive = await aliveServer()
    const controller = new AbortController()
    const reason = new Error('stop')
    const signer = commandSigner({ command: run('hang', alive.port), publicKey, clock, signal: controller.signal })
    const signing = expect(signer.sign(message)).rejects.toBe(reason)
    await alive.both
    controller.abort(reason)
    await signing
    await alive.ended()
  })
})

test('after an abort nothing is started', async () => {
  const reason = new Error('stop')
  const signer = commandSigner({
    command: ['custody-no-such-program'],
    publicKey: new Uint8Array(32),
    signal: AbortSignal.abort(reason),
  })
  await expect(signer.sign(message)).rejects.toBe(reason)
})

test('the timer ends with the program', async () => {
  const { publicKey, run } = await withCommand()
  const signals: (AbortSignal | undefined)[] = []
  const watched: Clock = {
    now: () => 0,
    sleep: (_ms, signal) => {
      signals.push(signal)
      return new Promise(() => undefined)
    },
  }
  await commandSigner({ command: run('raw'), publicKey, clock: watched }).sign(message)
  expect(signals.map((signal) => signal?.aborted)).toEqual([true])
})

test.each([
  { command: [] },
  { command: [''] },
  { command: ['sign', 'a\0b'] },
  { command: ['sign', 5] },
  { publicKey: new Uint8Array(31) },
  { publicKey: new Uint8Array(33) },
  { timeoutMs: 0 },
  { timeoutMs: 3_600_001 },
  { timeoutMs: Number.NaN },
])('wrong options are refused at construction: %j', (wrong) => {
  const right = { command: ['sign'], publicKey: new Uint8Array(32) }
  expect(() => commandSigner({ ...right, ...wrong } as typeof right)).toThrow(
    expect.objectContaining({ code: 'KEY_OPTIONS', kind: 'usage' }),
  )
})
