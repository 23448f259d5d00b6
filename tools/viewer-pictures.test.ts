import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
const pngSignature = '89504e470d0a1a0a'

/** Width and height, by the first chunk of a PNG. */
function sizeOf(picture: Buffer): readonly [number, number] {
  expect(picture.subarray(0, 8).toString('hex')).toBe(pngSignature)
  return [picture.readUInt32BE(16), picture.readUInt32BE(20)]
}

test.runIf(process.env['SLOW'])(
  'the pictures of the README can be taken anew, of what the demo archives',
  { timeout: 300_000 },
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'custody-pictures-'))
    const args = ['--conditions=@custody/source', 'tools/viewer-pictures.ts', folder]
    const { status, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' })
    expect({ status, stderr }).toMatchObject({ status: 0 })
    for (const name of ['viewer.png', 'viewer-integrity.png']) {
      const [taken, shown] = [join(folder, name), join(root, 'docs', name)].map((path) => sizeOf(readFileSync(path)))
      // The width is chosen; the height of the panel follows from what the archive holds.
      expect(taken?.[0]).toBe(shown?.[0])
    }
    rmSync(folder, { recursive: true })
  },
)
