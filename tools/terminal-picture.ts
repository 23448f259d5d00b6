// Runs the demo and draws what it prints as docs/demo.svg, the picture in the README: node tools/terminal-picture.ts
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const ran = spawnSync('sh', ['-c', './custody demo 2>&1'], { cwd: root, encoding: 'utf8' })
if (ran.status !== 0) throw new Error(`the demo ended with ${ran.status}`)

const width = 118
const lines = ['$ npm start', ...ran.stdout.trimEnd().split('\n')].flatMap((line) => wrap(line))
const lineHeight = 19
const height = lines.length * lineHeight + 62

writeFileSync(
  `${root}docs/demo.svg`,
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width * 7.85 + 40} ${height}" role="img">
<title>A terminal run of the demo</title>
<rect width="100%" height="100%" rx="8" fill="#16191f"/>
<g fill="#3b424d"><circle cx="22" cy="20" r="6"/><circle cx="42" cy="20" r="6"/><circle cx="62" cy="20" r="6"/></g>
<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="13" fill="#d5dae3">
${lines.map(draw).join('\n')}
</g>
</svg>
`,
)

function draw(line: string, index: number): string {
  const colour = line.startsWith('$') ? ' fill="#8fd0a5"' : /verdict|verified/.test(line) ? ' fill="#a9d6ff"' : ''
  return `<text x="20" y="${54 + index * lineHeight}" xml:space="preserve"${colour}>${escapeXml(line)}</text>`
}

/** Cuts a line where the terminal would. */
function wrap(line: string): readonly string[] {
  return line.length <= width ? [line] : [line.slice(0, width), ...wrap(`    ${line.slice(width)}`)]
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
