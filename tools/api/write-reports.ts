// Writes what every package exports to docs/api: npm run api
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { root } from '../workspace.ts'
import { report, reportPath, surfaces } from './api-report.ts'

const found = await surfaces()
const folder = join(root, 'docs/api')
await mkdir(folder, { recursive: true })
for (const [name, surface] of found) await writeFile(join(root, reportPath(name)), report(name, surface))
for (const file of await readdir(folder)) {
  if (!found.has(file.replace(/\.md$/, ''))) await rm(join(folder, file))
}
console.log(
  `${found.size} packages, ${[...found.values()].reduce((sum, { exports }) => sum + exports.length, 0)} exports`,
)
