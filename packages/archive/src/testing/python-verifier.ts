import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { publicKeyPem } from '@custody/seal'
import { expect } from 'vitest'
import { verify } from '../verify.ts'
import { temporaryFolder } from './temporary-folder.ts'

/** The folder of the script, its README and the draft of VERIFY.txt. */
export const verifyFolder: string = fileURLToPath(new URL('../../../../docs/verify/', import.meta.url))

/** What the script said of one archive or proof. */
export interface PythonVerdict {
  /** 0: nothing found, 4: findings, 10: no archive; 1: it broke. */
  readonly exit: number
  readonly output: string
}

/** The script of docs/verify, kept in one Python process: starting one for each of some hundred archives would take minutes. */
export interface PythonVerifier {
  /** Runs it as from the command line. */
  check(...args: readonly string[]): Promise<PythonVerdict>
  /** Asks only for its Ed25519. */
  verified(key: Uint8Array, message: Uint8Array, signature: Uint8Array): Promise<boolean>
  close(): void
}

const runner = `
import contextlib, io, json, sys, traceback
sys.path.insert(0, sys.argv[1])
sys.dont_write_bytecode = True
import functools, custody_verify
# The same signatures come again and again.
custody_verify.verified = functools.lru_cache(None)(custody_verify.verified)
for request in sys.stdin:
    output, name, args = io.StringIO(), *json.loads(request)
    try:
        with contextlib.redirect_stdout(output):
            if name == "main": answer = custody_verify.main(args)
            else: answer = custody_verify.verified(*map(bytes.fromhex, args))
    except BaseException:
        answer = 1
        output.write(traceback.format_exc())
    print(json.dumps([answer, output.getvalue()]), flush=True)
`

/** Starts Python. Close it when the tests have ended. */
export function startPythonVerifier(): PythonVerifier {
  const process = spawn('python3', ['-c', runner, verifyFolder], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const answers = createInterface(process.stdout)[Symbol.asyncIterator]()
  let last: Promise<unknown> = Promise.resolve()
  // One question at a time: answers bear no number.
  const ask = (name: string, args: readonly string[]): Promise<[number | boolean, string]> => {
    const answer = last.then(async (): Promise<[number | boolean, string]> => {
      process.stdin.write(`${JSON.stringify([name, args])}\n`)
      const { value, done } = await answers.next()
      if (done) throw new Error('Python has ended')
      return JSON.parse(value)
    })
    last = answer.catch(() => undefined)
    return answer
  }
  return {
    check: async (...args) => {
      const [exit, output] = await ask('main', args)
      return { exit: Number(exit), output }
    },
    verified: async (...args) => {
      const [answer, output] = await ask(
        'verified',
        args.map((bytes) => Buffer.from(bytes).toString('hex')),
      )
      if (output !== '') throw new Error(output)
      return answer === true
    },
    close: () => process.stdin.end(),
  }
}

/** A file with a public key, as PEM unless told otherwise. */
export function keyFile(key: Uint8Array | string): string {
  const file = join(temporaryFolder(), 'key')
  writeFileSync(file, typeof key === 'string' ? key : publicKeyPem(key))
  return file
}

/** What both verifiers say of one archive, the signer's key given. */
export async function bothOf(
  python: PythonVerifier,
  path: string,
  key: Uint8Array,
): Promise<{ readonly custody: string; readonly python: string }> {
  const custody = await verify(path, { trustedKeys: [key] }).then(
    ({ verdict }) => verdict,
    (error) => error.code ?? String(error),
  )
  const { exit, output } = await python.check(path, '--key', keyFile(key))
  expect(output, output).not.toMatch(/Traceback|Text of/)
  return { custody, python: { 0: 'valid', 4: 'findings', 10: 'NOT_AN_ARCHIVE' }[exit] ?? `exit ${exit}` }
}
