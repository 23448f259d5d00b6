import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { keysReachedFrom, parseTransitions, publicKeyFingerprint, verifySignature } from '@custody/seal'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { initKey } from './init-key.ts'
import { listKeys } from './list-keys.ts'
import { openSigner } from './open-signer.ts'
import { rotateKey } from './rotate-key.ts'
import { filesIn, freshDirectory } from './testing/key-directory.ts'

/** A process that is killed before its n-th change of the disk; from then on nothing it does happens. */
const disk = vi.hoisted(() => ({
  steps: [] as string[],
  killBefore: Number.POSITIVE_INFINITY,
  isKilled: false,
  reset(killBefore = Number.POSITIVE_INFINITY): void {
    this.steps = []
    this.killBefore = killBefore
    this.isKilled = false
  },
  step(name: string): void {
    this.isKilled ||= this.steps.length + 1 >= this.killBefore
    if (this.isKilled) throw new Error('KILLED')
    this.steps.push(name)
  },
}))

vi.mock('node:fs/promises', async (importOriginal) => {
  const real = await importOriginal<typeof import('node:fs/promises')>()
  const name = (path: unknown): string => String(path).replace(/^.*\/keys(?=\/|$)/, '')
  const open = async (path: string, flags: string | number, mode?: number): Promise<unknown> => {
    if (flags === 'wx') disk.step(`create ${name(path)}`)
    const handle = await real.open(path, flags, mode)
    return {
      stat: () => handle.stat(),
      readFile: (encoding: 'utf8') => handle.readFile(encoding),
      // Memory is given back even to the dead.
      close: () => handle.close(),
      // Whether it is asked for is what matters here; waiting for the disk a thousand times is not.
      async sync() {
        disk.step(`sync ${name(path)}`)
      },
      async writeFile(text: string) {
        const half = text.slice(0, text.length / 2)
        if (disk.steps.length + 2 === disk.killBefore) await handle.writeFile(half)
        disk.step(`write ${name(path)}`)
        await handle.writeFile(text)
      },
    }
  }
  return {
    ...real,
    open,
    async mkdir(path: string, options: object) {
      disk.step(`mkdir ${name(path)}`)
      return real.mkdir(path, options)
    },
    async rename(from: string, to: string) {
      disk.step(`rename ${name(from)} ${name(to)}`)
      await real.rename(from, to)
    },
    async rm(path: string, options: object) {
      disk.step(`rm ${name(path)}`)
      await real.rm(path, options)
    },
  }
})

afterEach(() => disk.reset())

/** Runs a change as often as it has steps, each time killed one step later; `after` sees what each kill left. */
async function killEverywhere(change: {
  readonly prepare: (directory: string) => Promise<void>
  readonly run: (directory: string) => Promise<unknown>
  readonly after: (directory: string, killedBefore: number) => Promise<void>
}): Promise<number> {
  for (let step = 1; ; step++) {
    const directory = await freshDirectory()
    disk.reset()
    await change.prepare(directory)
    disk.reset(step)
    const killed = await change.run(directory).then(
      () => false,
      (error) => {
        if (error.message !== 'KILLED') throw error
        return true
      },
    )
    const wasKilled = disk.isKilled
    disk.reset()
    if (!killed) {
      expect(wasKilled).toBe(false)
      await rm(join(directory, '..'), { recursive: true })
      return step - 1
    }
    await change.after(directory, step)
    disk.reset()
    await rm(join(directory, '..'), { recursive: true })
  }
}

/** What a person does who reads the messages: removes what was never used, and runs the command again. */
async function again<T>(directory: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (error) {
    if ((error as { code?: string }).code !== 'KEY_UNFINISHED') throw error
    expect((error as Error).message).toContain(join(directory, 'next.partial'))
    await rm(join(directory, 'next.partial'), { recursive: true })
    return await run()
  }
}

async function privateKeysIn(directory: string): Promise<number> {
  return Object.values(await filesIn(directory)).filter((text) => text.includes('END PRIVATE KEY')).length
}

test('killed at any step of a rotation, one of both keys signs, and rotating again ends it', async () => {
  const outcomes = new Set<string>()
  const steps = await killEverywhere({
    prepare: async (directory) => void (await initKey({ directory })),
    run: (directory) => rotateKey({ directory }),
    async after(directory) {
      const [start] = (await listKeys({ directory })).keys.slice(-1)
      const first = start?.publicKey ?? new Uint8Array(32)

      const signer = await openSigner({ directory })
      expect(verifySignature(signer.publicKey, Buffer.from('x'), await signer.sign(Buffer.from('x')))).toBe(true)
      const isOld = signer.fingerprint === publicKeyFingerprint(first)
      expect(signer.transitions === undefined).toBe(isOld)
      // Whichever signs, its seals are trusted by whoever trusts the first key.
      const transitions = signer.transitions === undefined ? [] : (parseTransitions(signer.transitions) ?? [])
      expect(keysReachedFrom([first], transitions).map(publicKeyFingerprint)).toContain(signer.fingerprint)

      const before = await listKeys({ directory })
      const untouched = Object.keys(await filesIn(directory)).length === 3 && before.warnings.length === 0
      const ended = await again(directory, () => rotateKey({ directory }))
      if (!isOld) expect(ended.fingerprint).toBe((await openSigner({ directory })).fingerprint)
      const { keys, warnings } = await listKeys({ directory })
      expect(warnings).toEqual([])
      expect(keys[0]?.fingerprint).toBe(ended.fingerprint)
      expect(keys.map(({ state }) => state)).toEqual(['current', ...Array(keys.length - 1).fill('retired')])
      expect(await privateKeysIn(directory)).toBe(1)
      outcomes.add(
        `${isOld ? 'old' : 'new'} ${ended.resumed ? 'resumed' : 'anew'} ${untouched ? 'untouched' : ''} ${keys.length}`,
      )
    },
  })
  expect(steps).toBeGreaterThan(20)
  expect([...outcomes].sort()).toEqual([
    // Before it was decided: the new key of the killed run was never used.
    'new anew  3',
    'new resumed  2',
    'old anew  2',
    'old anew untouched 2',
    'old resumed  2',
  ])
}, 60_000)

test('killed at any step of making the first key, running again makes one', async () => {
  const outcomes = new Set<string>()
  const steps = await killEverywhere({
    prepare: async () => undefined,
    run: (directory) => initKey({ directory }),
    async after(directory) {
      const error = await openSigner({ directory }).catch((thrown) => thrown)
      if ('code' in error) expect(error.code).toMatch(/^KEY_(MISSING|LOST)$/)
      const made = await again(directory, () => initKey({ directory })).catch((thrown) => thrown)
      outcomes.add('code' in made ? made.code : made.resumed ? 'resumed' : 'anew')
      const { keys, warnings } = await listKeys({ directory })
      expect(warnings).toEqual([])
      expect(keys.map(({ state, privateKey }) => [state, privateKey])).toEqual([['current', 'unencrypted']])
      expect(await privateKeysIn(directory)).toBe(1)
      expect((await filesIn(directory))['chain-starts.note']?.match(/custody-key-start/g)).toHaveLength(1)
    },
  })
  expect(steps).toBeGreaterThan(15)
  // Killed after the last thing that matters, the key is there.
  expect([...outcomes].sort()).toEqual(['KEY_EXISTS', 'anew', 'resumed'])
}, 60_000)

test('killed at any step of replacing a lost key, running again replaces it once', async () => {
  const outcomes = new Set<string>()
  const steps = await killEverywhere({
    async prepare(directory) {
      await initKey({ directory })
      await rotateKey({ directory })
      await rm(join(directory, 'signing-key.pem'))
    },
    run: (directory) => initKey({ directory, replaceLostKey: true }),
    async after(directory) {
      const made = await again(directory, () => initKey({ directory, replaceLostKey: true })).catch((thrown) => thrown)
      outcomes.add('code' in made ? made.code : made.resumed ? 'resumed' : 'anew')
      const { keys, warnings } = await listKeys({ directory })
      expect(warnings).toEqual([])
      expect(keys.map(({ state }) => state)).toEqual(['current', 'lost', 'retired'])
      expect(await privateKeysIn(directory)).toBe(1)
      expect((await openSigner({ directory })).transitions).toBeUndefined()
    },
  })
  expect(steps).toBeGreaterThan(20)
  expect([...outcomes].sort()).toEqual(['KEY_EXISTS', 'anew', 'resumed'])
}, 60_000)

test('everything new is on the disk before anything old goes', async () => {
  const directory = await freshDirectory()
  const { fingerprint } = await initKey({ directory })
  disk.reset()
  await rotateKey({ directory })
  const short = fingerprint.slice('sha256:'.length).slice(0, 16)
  expect(disk.steps).toEqual([
    'mkdir /next.partial',
    'mkdir /next.partial/retired',
    ...[`retired/${short}.pub`, ...['key-transitions.note']].flatMap((name, index) => [
      ...(index > 0 ? ['mkdir /next.partial'] : []),
      `create /next.partial/${name}`,
      `write /next.partial/${name}`,
      `sync /next.partial/${name}`,
    ]),
    ...['signing-key.pem', 'signing-key.pub'].flatMap((name) => [
      'mkdir /next.partial',
      `create /next.partial/${name}`,
      `write /next.partial/${name}`,
      `sync /next.partial/${name}`,
    ]),
    'sync /next.partial',
    'sync /next.partial/retired',
    'rename /next.partial /next',
    'sync ',
    'mkdir /retired',
    `rename /next/retired/${short}.pub /retired/${short}.pub`,
    'sync /retired',
    'rename /next/key-transitions.note /key-transitions.note',
    'rename /next/chain-starts.note /chain-starts.note',
    'sync ',
    'rename /next/signing-key.pem /signing-key.pem',
    'sync ',
    'rename /next/signing-key.pub /signing-key.pub',
    'sync ',
    'rm /next',
    'sync ',
  ])
})

describe('half-way', () => {
  async function interrupted(step: string): Promise<string> {
    const directory = await freshDirectory()
    await initKey({ directory })
    const other = await freshDirectory()
    await initKey({ directory: other })
    disk.reset()
    await rotateKey({ directory: other })
    disk.reset(disk.steps.indexOf(step) + 1)
    await expect(rotateKey({ directory })).rejects.toThrow('KILLED')
    disk.reset()
    return directory
  }

  test('a decided change is shown, and nobody is told which key is the current one', async () => {
    const directory = await interrupted('rename /next/signing-key.pem /signing-key.pem')
    expect((await listKeys({ directory })).warnings.join()).toMatch(/interrupted/)
    const { exportPublicKey } = await import('./export-key.ts')
    await expect(exportPublicKey({ directory })).rejects.toMatchObject({ code: 'KEY_UNFINISHED' })
  })

  test('one that was not decided is shown', async () => {
    const directory = await interrupted('rename /next.partial /next')
    expect((await listKeys({ directory })).warnings.join()).toMatch(/killed before it changed anything/)
    await expect(initKey({ directory })).rejects.toMatchObject({ code: 'KEY_UNFINISHED' })
  })

  test('making a key finishes a rotation, and then finds the key', async () => {
    const directory = await interrupted('rename /next/signing-key.pem /signing-key.pem')
    await expect(initKey({ directory })).rejects.toMatchObject({ code: 'KEY_EXISTS' })
    expect((await listKeys({ directory })).warnings).toEqual([])
  })
})
