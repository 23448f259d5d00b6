import { createPublicKey, type KeyObject, verify } from 'node:crypto'
import { basename } from 'node:path'
import { type Clock, CustodyError, systemClock, usageError } from '@custody/pipeline'
import { publicKeyPem, type Signer } from '@custody/seal'
import { failed, runCommand } from './run-command.ts'

/** A command that signs, and the key its signatures have to fit. */
export interface CommandSignerOptions {
  /**
   * The program and its arguments, run without a shell. It reads the message from stdin to its end and writes the Ed25519
   * signature to stdout: the 64 bytes, or their base64, in which white space does not count.
   */
  readonly command: readonly string[]
  /** The raw public key, 32 bytes. No signature leaves the signer that it does not verify. */
  readonly publicKey: Uint8Array
  /** @defaultValue 30 s: a device may want to be touched */
  readonly timeoutMs?: number
  /** Kills what is running. */
  readonly signal?: AbortSignal
  readonly clock?: Clock
}

const signatureBytes = 64

/** Enough for base64 with line ends; a program that writes more does something else than sign. */
const maxOutputBytes = 4_096

const maxTimeoutMs = 3_600_000

/**
 * A signer whose key another program has: a smart card's, an HSM's, a key service's. The program sees the message and nothing
 * else from us; its stderr is not read.
 *
 * @throws CustodyError `KEY_OPTIONS` (usage); signing throws `KEY_COMMAND`, `KEY_COMMAND_TIMEOUT`, `KEY_COMMAND_SIGNATURE`
 */
export function commandSigner(options: CommandSignerOptions): Signer {
  const { command, timeoutMs = 30_000, signal, clock = systemClock } = options
  const [program, ...args] = command
  if (
    program === undefined ||
    program === '' ||
    command.some((part) => typeof part !== 'string' || part.includes('\0'))
  ) {
    throw usageError('KEY_OPTIONS', 'commandSigner: command must be a program and its arguments, as a list of texts')
  }
  if (!(timeoutMs >= 1 && timeoutMs <= maxTimeoutMs)) {
    throw usageError('KEY_OPTIONS', `commandSigner: timeoutMs must be from 1 to ${maxTimeoutMs}`)
  }
  const publicKey = Uint8Array.from(options.publicKey)
  const verifier = toKeyObject(publicKey)
  const run = { command: [program, ...args] as const, timeoutMs, maxOutputBytes, clock, signal }

  return {
    publicKey,
    async sign(message) {
      // A copy: nobody changes it between signing and checking.
      const bytes = Buffer.from(message)
      const name = basename(program)
      const signature = readSignature(await runCommand(bytes, run))
      if (signature === null) throw failed(name, 'wrote no Ed25519 signature')
      if (!verify(null, bytes, verifier, signature)) throw wrongSignature(name)
      return signature
    },
  }
}

function toKeyObject(publicKey: Uint8Array): KeyObject {
  if (publicKey.length !== 32) throw usageError('KEY_OPTIONS', 'commandSigner: publicKey must be the 32 raw bytes')
  return createPublicKey(publicKeyPem(publicKey))
}

function readSignature(output: Buffer): Uint8Array | null {
  if (output.length === signatureBytes) return Uint8Array.from(output)
  const base64 = output.toString('latin1').replace(/[ \t\r\n]/g, '')
  return /^[A-Za-z0-9+/]{86}==$/.test(base64) ? Uint8Array.from(Buffer.from(base64, 'base64')) : null
}

function wrongSignature(name: string): CustodyError {
  return new CustodyError(
    'KEY_COMMAND_SIGNATURE',
    `The signing command ${name} gave a signature that its public key does not verify; nothing was signed.`,
    {
      kind: 'refused',
      actions: [
        'Check that the public key in the configuration is that of the command.',
        'Check that it signs the bytes of stdin by pure Ed25519: no prehash, no line end added.',
      ],
    },
  )
}
