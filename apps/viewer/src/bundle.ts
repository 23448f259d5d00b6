import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const page = (name: string): string => fileURLToPath(new URL(`page/${name}`, import.meta.url))

/** Where the page goes: a file of the package that puts conversations into it. */
export const TEMPLATE: string = fileURLToPath(new URL('../../../packages/transcripts/viewer.html', import.meta.url))

/**
 * The viewer as one page, without conversations. It is not minified: whoever finds it in an archive in twenty years can read it.
 */
export async function bundleViewer(): Promise<string> {
  const script = await bundled(page('main.ts'))
  const style = await bundled(page('viewer.css'))
  const policy = [
    "default-src 'none'",
    `script-src '${hashOf(script)}'`,
    `style-src '${hashOf(style)}'`,
    "connect-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    // No text becomes HTML, not even by mistake.
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ]
  const parts = { policy: policy.join('; '), style, script }
  let html = readFileSync(page('index.html'), 'utf8')
  for (const [name, part] of Object.entries(parts)) {
    if (!html.includes(`{${name}}`)) throw new Error(`index.html has no place for its ${name}`)
    html = html.replace(`{${name}}`, () => part)
  }
  return html
}

async function bundled(entry: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: 'iife',
    platform: 'browser',
    target: ['chrome120', 'firefox121', 'safari17.2'],
    charset: 'utf8',
    conditions: ['@custody/source'],
    // Comments that name paths would differ from machine to machine.
    absWorkingDir: page('.'),
  })
  return `\n${outputFiles[0]?.text ?? ''}`
}

/** Of everything between the tags, as browsers take it. */
function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`
}
