import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

// What an external signing program may do, right and wrong; a file of its own, so that the tests run a real process.
const script = `
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { sign } from 'node:crypto'

const [behaviour, keyFile, port] = process.argv.slice(2)
const signed = (message) => sign(null, message, readFileSync(keyFile))
const read = () => readFileSync(0)
const write = (output) => process.stdout.write(output)

const behaviours = {
  raw: () => write(signed(read())),
  base64: () => write(signed(read()).toString('base64')),
  'base64 in lines': () => write(signed(read()).toString('base64').replace(/.{76}/, '$&\\r\\n') + '\\n'),
  'without reading': () => write(Buffer.alloc(64)),
  'another message': () => write(signed(Buffer.concat([read(), Buffer.from('\\n')]))),
  'a flipped bit': () => {
    const signature = signed(read())
    signature[63] ^= 1
    write(signature)
  },
  'one byte more': () => write(Buffer.concat([signed(read()), Buffer.from('\\n')])),
  'one byte less': () => write(signed(read()).subarray(1)),
  nothing: () => read(),
  hex: () => write(signed(read()).toString('hex')),
  'base64url': () => write(signed(read()).toString('base64url')),
  'exit code': () => {
    write(signed(read()))
    console.error('SECRET-STDERR')
    process.exitCode = 3
  },
  'kills itself': () => process.kill(process.pid, 'SIGTERM'),
  flood: () => {
    const more = () => process.stdout.write('A'.repeat(65536), more)
    more()
  },
  hang: () => {
    connect(port, '127.0.0.1')
    // What it starts has its stdout, and would hang on to it.
    spawn(process.execPath, [process.argv[1], 'wait', keyFile, port], { stdio: 'inherit' })
  },
  wait: () => connect(port, '127.0.0.1'),
}
behaviours[behaviour]()
`

/** Writes the program into a folder; gives the command that runs it. */
export async function signingCommand(folder: string): Promise<(behaviour: string, ...args: string[]) => string[]> {
  const path = join(folder, 'sign.mjs')
  await writeFile(path, script)
  return (behaviour, ...args) => [process.execPath, path, behaviour, ...args]
}
