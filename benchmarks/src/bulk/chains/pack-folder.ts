// pack-folder.ts FOLDER FILE ours|archiver LEVEL: the files of a folder in a ZIP, and nothing else.
import { createReadStream, createWriteStream, readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { zipFolder } from '@custody/sinks'
import { ZipArchive } from 'archiver'

const [folder = '', file = '', how = 'ours', level = '6'] = process.argv.slice(2)
const order = readdirSync(folder, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
  .sort()

if (how === 'ours') await zipFolder(folder, file, { order, level: Number(level) })
else {
  const archive = new ZipArchive({ zlib: { level: Number(level) } })
  const written = pipeline(archive, createWriteStream(file, { flush: true }))
  for (const path of order) {
    const entry = new Promise((resolve) => archive.once('entry', resolve))
    archive.append(createReadStream(join(folder, path), { highWaterMark: 512 * 1024 }), { name: path })
    await entry
  }
  await archive.finalize()
  await written
}
