import { existsSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runProgram } from './program.ts'
import { runInProcess } from './testing/run-program.ts'

const readme = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8')
const section = /## Try each part against the simulated org\n([\s\S]*?)\n## /.exec(readme)?.[1] ?? ''
const lines = [...section.matchAll(/^\S.*?custody (\S.*?)(?:\s+#.*)?$/gm)].map(([, command = '']) => command.trim())

/** The simulated org, as the first command of the README starts it. */
async function startTrial(command: string): Promise<{ readonly talk: () => string; end(): Promise<number> }> {
  const ended = new AbortController()
  let said = ''
  const { promise: listens, resolve } = Promise.withResolvers<void>()
  const write = (text: string): void => {
    said += text
    if (said.includes('environment')) resolve()
  }
  const output = { write }
  const code = runProgram(command.split(' '), { stdout: output, stderr: output, env: {}, signal: ended.signal })
  await Promise.race([listens, code])
  return {
    talk: () => said,
    end: () => {
      ended.abort()
      return code
    },
  }
}

test('every command with which the README tries each part runs', { timeout: 120_000 }, async () => {
  const [emulator = '', ...commands] = lines
  const parent = mkdtempSync(join(tmpdir(), 'custody-trial-'))
  const folder = join(parent, 'trial')
  const org = await startTrial(emulator.replace('--into trial', `--into ${folder}`))
  try {
    expect(statSync(join(folder, 'environment')).mode & 0o777).toBe(0o600)
    // Places are relative to where somebody works, and this test cannot change its own.
    const config = join(folder, 'custody.config.yaml')
    const text = readFileSync(config, 'utf8').replace('./archives', join(folder, 'archives'))
    writeFileSync(
      config,
      `${text.replace('seal: {}', `seal: { keys: ${join(folder, '.custody', 'keys')} }`)}state: { directory: ${join(folder, '.custody')} }\n`,
    )
    const variables = readFileSync(join(folder, 'environment'), 'utf8').matchAll(/^export (\w+)=(.*)$/gm)
    const env = Object.fromEntries([...variables].map(([, name = '', value = '']) => [name, value]))
    let digest = ''
    for (const command of commands) {
      // A page is served until somebody ends it: that has its own tests.
      if (command.startsWith('view ')) continue
      const { code, stdout, stderr } = await inFolder(folder, command.replace('DIGEST', digest), env)
      digest = /plan ([0-9a-f]{12})/.exec(stdout)?.[1] ?? digest
      // Data 360 has not forgotten yet, and says so.
      const expected = /^erase (?:run|confirm|report)/.test(command) ? 7 : 0
      expect({ command, code, stderr: code === expected ? '' : stderr }).toEqual({
        command,
        code: expected,
        stderr: '',
      })
    }
    expect(commands.length).toBeGreaterThan(8)
    expect(readdirSync(join(folder, 'archives'))).toEqual(['demo-2026-10-01--2026-11-01.zip'])
    expect(readdirSync(join(folder, 'reports')).some((name) => name.endsWith('.html'))).toBe(true)
  } finally {
    expect(await org.end()).toBe(0)
    await rm(parent, { recursive: true })
  }
})

test('nothing is written over', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'custody-trial-'))
  const ran = await runInProcess(['emulator', '--into', folder])
  expect({ code: ran.code, named: ran.stderr.includes('[FOLDER_EXISTS]') }).toEqual({ code: 2, named: true })
  expect(existsSync(join(folder, 'environment'))).toBe(false)
  await rm(folder, { recursive: true })
})

function inFolder(folder: string, command: string, env: Record<string, string>): ReturnType<typeof runInProcess> {
  const words = command
    .split(' ')
    .map((word) => (/^(?:archives|reports|requests\.csv|\.custody\/)/.test(word) ? join(folder, word) : word))
  return runInProcess(words, { ...env, CUSTODY_CONFIG: join(folder, 'custody.config.yaml') })
}
