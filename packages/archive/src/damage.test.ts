import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { folderOf, remanifest } from './testing/bag-files.ts'
import { eraseFirst, rebag } from './testing/rebag.ts'
import { richBagFiles } from './testing/rich-bag.ts'
import { verify } from './verify.ts'

type BagFiles = Map<string, Buffer | string>

const numRuns = process.env['SLOW'] ? 3_000 : 120

/** One byte flipped, removed or put in, at a place given as a fraction of the file. */
interface Damage {
  readonly path: string
  readonly how: 'flip' | 'remove' | 'insert'
  readonly place: number
  readonly byte: number
}

function damageOf(paths: readonly string[]): fc.Arbitrary<Damage> {
  return fc.record({
    path: fc.constantFrom(...paths),
    how: fc.constantFrom('flip', 'remove', 'insert'),
    place: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    byte: fc.integer({ min: 1, max: 255 }),
  })
}

/** The bytes damaged; the same where there is nothing to damage. */
function damaged(whole: Buffer, { how, place, byte }: Damage): Buffer {
  const at = Math.floor(place * whole.length)
  if (how === 'insert') return Buffer.concat([whole.subarray(0, at), Buffer.of(byte), whole.subarray(at)])
  if (whole.length === 0) return whole
  if (how === 'remove') return Buffer.concat([whole.subarray(0, at), whole.subarray(at + 1)])
  const changed = Buffer.from(whole)
  changed[at] = (changed[at] as number) ^ byte
  return changed
}

/** A bag in a folder, changed and put right again: only what changes is written. */
function changeable(files: ReadonlyMap<string, Buffer | string>): (changed: BagFiles) => Promise<readonly string[]> {
  const folder = folderOf(files)
  return async (changed) => {
    const different = [...changed].filter(
      ([path, content]) => !Buffer.from(content).equals(Buffer.from(files.get(path) ?? '')),
    )
    for (const [path, content] of different) writeFileSync(join(folder, path), content)
    const { findings } = await verify(folder)
    for (const [path] of different) writeFileSync(join(folder, path), files.get(path) ?? '')
    return findings.map(({ code }) => code)
  }
}

async function bags(): Promise<readonly [string, BagFiles][]> {
  return [
    ['whole', await richBagFiles()],
    ['with a conversation erased', eraseFirst(await richBagFiles())],
  ]
}

describe('a byte flipped, removed or put in, in whatever file, is found', () => {
  test('by whoever has the manifests as they were', { timeout: 600_000 }, async () => {
    for (const [, files] of await bags()) {
      const verdict = changeable(files)
      await fc.assert(
        fc.asyncProperty(damageOf([...files.keys()]), async (damage) => {
          const whole = Buffer.from(files.get(damage.path) ?? '')
          const changed = damaged(whole, damage)
          if (changed.equals(whole)) return
          expect(await verdict(new Map([...files, [damage.path, changed]]))).not.toEqual([])
        }),
        { numRuns },
      )
      expect(await verdict(files)).toEqual([])
    }
  })

  /**
   * Files of which no byte can change unseen, also by somebody who makes all checksums anew: others in the archive say the
   * same. To change these, records, leaves and root have to be made anew as well, and those the seal signs.
   */
  const bound = (path: string): boolean =>
    /^(?:data\/(?:conversations|csv|attachments)|integrity\/(?:records|leaves)|schema)|^bagit\.txt$/.test(path)

  test('where files are bound to each other, also when all checksums were made anew', {
    timeout: 600_000,
  }, async () => {
    for (const [, files] of await bags()) {
      const verdict = changeable(files)
      await fc.assert(
        fc.asyncProperty(damageOf([...files.keys()].filter(bound)), async (damage) => {
          const whole = Buffer.from(files.get(damage.path) ?? '')
          const changed = damaged(whole, damage)
          if (changed.equals(whole)) return
          const all = rebag(new Map([...files, [damage.path, changed]]))
          expect(await verdict(all)).not.toEqual([])
        }),
        { numRuns },
      )
    }
  })

  test.each<[string, (text: string) => string]>([
    ['README.txt', (text) => text.replace('Salesforce', 'Somewhere')],
    ['VERIFY.txt', (text) => text.replace('sha256sum', 'true')],
    ['run.json', (text) => text.replace('test/1.0.0', 'test/2.0.0')],
    ['bag-info.txt', (text) => text.replace('archived from', 'found in')],
    ['data/reports/gaps.csv', (text) => text.replace('Archive this window again', 'Do nothing')],
    ['data/reports/witnesses.csv', (text) => text.replace('given', 'absent')],
    ['data/reports/rejects.jsonl', (text) => text.replace('has no entries', 'has few entries')],
    ['data/reports/redactions.jsonl', (text) => text.replace('mask', 'drop')],
    ['audit/audit.jsonl', (text) => text.replace('03:04:02', '03:04:03')],
  ])('what nothing else in the archive says, only a seal can guard: %s', async (path, change) => {
    const files = await richBagFiles()
    const changed = change(String(files.get(path)))
    expect(changed).not.toBe(String(files.get(path)))
    const all = files.set(path, changed)
    expect((await verify(folderOf(path.startsWith('data/') ? rebag(all) : remanifest(all)))).findings).toEqual([])
  })
})
