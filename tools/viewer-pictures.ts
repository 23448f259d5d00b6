// Takes the pictures of the viewer that stand in README.md and docs/viewer.md:
// node --conditions=@custody/source tools/viewer-pictures.ts [FOLDER, docs unless named]
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openBrowser } from '../apps/viewer/src/testing/browser.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const pictures = process.argv[2] ?? join(root, 'docs')
const folder = mkdtempSync(join(tmpdir(), 'custody-pictures-'))
try {
  const archive = archiveDemo()
  await using browser = await openBrowser()
  await using opened = await browser.open(`file://${join(archive, 'data/transcripts/index.html')}`, {
    viewport: { width: 1240, height: 640 },
  })
  const { page } = opened
  await page.locator('#row-1').click()
  await page.locator('#conversation .entry.left').first().scrollIntoViewIfNeeded()
  await page.screenshot({ path: join(pictures, 'viewer.png') })
  await page.click('#open-integrity')
  await page.locator('#folder').setInputFiles(archive)
  await page.getByText('What this does not prove').waitFor()
  await page.locator('#integrity').screenshot({ path: join(pictures, 'viewer-integrity.png') })
} finally {
  rmSync(folder, { recursive: true, force: true })
}

/** The demo's month, redacted and sealed, with the page inside: the folder it was unpacked to. */
function archiveDemo(): string {
  run(join(root, 'custody'), 'demo', '--conversations', '120')
  const [zip = ''] = readdirSync(join(folder, 'custody-demo')).filter((name) => name.endsWith('.zip'))
  run('unzip', '-q', join('custody-demo', zip))
  return join(folder, zip.replace(/\.zip$/, ''))
}

function run(command: string, ...args: readonly string[]): void {
  const { status, stderr } = spawnSync(command, args, { cwd: folder, encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
}
