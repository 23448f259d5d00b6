import { basename } from 'node:path'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { inspectSeal } from './inspect-seal.ts'
import { makeSealFiles } from './seal-files.ts'
import type { Seal } from './seal-text.ts'
import { testSigner } from './testing/keys.ts'
import { fullSeal } from './testing/sealed-twice.ts'
import { type Files, sampleSeal } from './testing/seals.ts'

// Every byte of every file, changed, lost, added: with nothing but the files themselves to compare with.

interface Subject {
  readonly files: Files
  readonly seal: Seal
}

let plain: Subject
let full: Subject

beforeAll(async () => {
  const seal = sampleSeal()
  plain = { files: await makeSealFiles({ seal, signer: testSigner(1) }), seal }
  full = await fullSeal()
})

function isFound({ files, seal }: Subject, path: string, content: Uint8Array): boolean {
  return inspectSeal(new Map([...files, [path, content]]), { bag: seal }).findings.length > 0
}

const changes = ['flip 1', 'flip 32', 'flip 128', 'lose', 'add 10', 'add 65'] as const

/** The content with one byte changed; null where there is no byte to change. */
function mutate(content: Uint8Array, at: number, change: (typeof changes)[number]): Uint8Array | null {
  const [verb, value] = change.split(' ')
  const [head, tail] = [content.subarray(0, at), content.subarray(at)]
  if (verb === 'add') return Buffer.concat([head, Buffer.of(Number(value)), tail])
  if (tail[0] === undefined) return null
  return Buffer.concat([head, verb === 'lose' ? Buffer.alloc(0) : Buffer.of(tail[0] ^ Number(value)), tail.subarray(1)])
}

/** Each change at each place of each file, or at every `stride`th. */
function survivors(subject: Subject, stride: number): readonly string[] {
  return [...subject.files].flatMap(([path, content]) => {
    const places = Array.from({ length: Math.ceil((content.length + 1) / stride) }, (_, index) => index * stride)
    return places.flatMap((at) =>
      changes
        .filter((change) => {
          const changed = mutate(content, at, change)
          return changed !== null && !isFound(subject, path, changed)
        })
        .map((change) => `${path}: ${change} at ${at}`),
    )
  })
}

function expectNoSurvivor(subject: Subject, runsPerFile: number): void {
  for (const [path, content] of subject.files) {
    fc.assert(
      fc.property(fc.nat(content.length), fc.constantFrom(...changes), (at, change) => {
        const changed = mutate(content, at, change)
        expect(changed === null || isFound(subject, path, changed), path).toBe(true)
      }),
      { numRuns: runsPerFile },
    )
  }
}

test('what was not changed is sound', () => {
  expect(inspectSeal(plain.files, { bag: plain.seal }).findings).toEqual([])
  expect(inspectSeal(full.files, { bag: full.seal }).findings).toEqual([])
})

describe('no change of a byte survives', () => {
  test('in a first seal', () => expectNoSurvivor(plain, 30))
  test('in a seal with history, transitions, tokens, and one before it', () => expectNoSurvivor(full, 5))
})

describe.runIf(process.env['SLOW'])('no change of a byte survives, each of them tried', () => {
  test('in a first seal', { timeout: 3_600_000 }, () => expect(survivors(plain, 1)).toEqual([]))
  test('in a seal with history, every third', { timeout: 3_600_000 }, () => expect(survivors(full, 3)).toEqual([]))
})

test('no file can be taken away, emptied, doubled or exchanged', () => {
  const { files, seal } = full
  const paths = [...files.keys()]
  for (const [path, content] of files) {
    const without = new Map(files)
    without.delete(path)
    expect(inspectSeal(without, { bag: seal }).findings, path).not.toEqual([])
    if (!path.startsWith('seal/history/')) {
      expect(isFound(full, path, Buffer.alloc(0)), path).toBe(true)
      expect(isFound(full, path, Buffer.concat([content, content])), path).toBe(true)
    }
    // Its namesakes of other seals, and one of another kind.
    const others = paths.filter((other) => basename(other) === basename(path) || other === paths[0])
    for (const other of others) {
      const replacement = files.get(other) as Uint8Array
      if (!Buffer.from(content).equals(replacement))
        expect(isFound(full, path, replacement), `${other} as ${path}`).toBe(true)
    }
  }
})

test('no folder of the history can be taken away', () => {
  const { files, seal } = full
  const folders = new Set([...files.keys()].flatMap((path) => path.match(/^seal\/history\/[^/]+\//) ?? []))
  expect(folders.size).toBe(2)
  for (const folder of folders) {
    const without = new Map([...files].filter(([path]) => !path.startsWith(folder)))
    expect(inspectSeal(without, { bag: seal }).findings.map(({ code }) => code)).toContain('SEAL_HISTORY_MISSING')
  }
})

test('no file of another seal, sound in itself, can stand in this one', () => {
  for (const path of full.files.keys()) {
    const content = plain.files.get(path)
    if (content !== undefined) expect(isFound(full, path, content), path).toBe(true)
  }
})
