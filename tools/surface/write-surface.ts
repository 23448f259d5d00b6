// Writes down every command, flag, exit code and event: npm run surface
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { root } from '../workspace.ts'
import { surfaceFiles } from './surface-files.ts'

for (const [path, text] of surfaceFiles()) {
  await mkdir(dirname(join(root, path)), { recursive: true })
  await writeFile(join(root, path), text)
}
