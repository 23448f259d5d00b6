import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEmulator } from '@custody/emulator'
import { systemClock } from '@custody/pipeline'
import { expect, test } from 'vitest'
import { metrics } from '../observing/metric-names.ts'
import { runProgram } from '../program.ts'

const page = readFileSync(new URL('../../../../docs/operations.md', import.meta.url), 'utf8')

/** The code blocks of the page in one language. */
function blocks(language: string): readonly string[] {
  return [...page.matchAll(new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``, 'g'))].map(([, text = '']) => text)
}

test('every command of docs/operations.md runs, with the configuration it shows', { timeout: 60_000 }, async () => {
  const org = await startEmulator({ conversations: 6, longEntries: 40, limits: { entriesPerMinute: 60_000 } })
  const folder = mkdtempSync(join(tmpdir(), 'custody-operations-'))
  try {
    const config = join(folder, 'custody.config.yaml')
    const [shown = ''] = blocks('yaml')
    writeFileSync(
      config,
      shown
        .replace('https://acme.my.salesforce.com', org.url)
        .replace('./archives', join(folder, 'archives'))
        .replace('./.custody', join(folder, 'state'))
        .replace('seal: {}', `seal: { keys: ${join(folder, 'keys')} }`)
        // Fewer months: each costs a second.
        .replace('start: 2026-01-01', 'start: 2026-10-01'),
    )
    const env = {
      ACME_CLIENT_ID: org.credentials.clientId,
      ACME_CLIENT_SECRET: org.credentials.clientSecret,
      ACME_ARCHIVE_SECRET: 'the-same-key-in-every-test-of-this-project',
    }
    const ahead = Date.parse('2026-11-02T00:00:00Z') - Date.now()
    const run = async (line: string): Promise<{ line: string; code: number; stderr: string }> => {
      let stderr = ''
      const code = await runProgram([...line.split(' ').slice(1), '--config', config], {
        stdout: { write: () => true },
        stderr: { write: (text) => (stderr += text) },
        env,
        signal: new AbortController().signal,
        clock: { ...systemClock, now: () => Date.now() + ahead },
      })
      return { line, code, stderr }
    }
    const lines = blocks('sh').flatMap((block) => block.trimEnd().split('\n'))
    expect(lines.length).toBeGreaterThan(10)
    for (const line of lines) {
      expect(line).toMatch(/^custody /)
      const { code, stderr } = await run(line)
      // The simulated org holds nothing of the year before.
      const expected = line.includes('--all-orgs') ? 3 : 0
      expect({ line, code, stderr: code === expected ? '' : stderr }).toEqual({ line, code: expected, stderr: '' })
    }
  } finally {
    await org.close()
    await rm(folder, { recursive: true })
  }
})

test('docs/operations.md names every metric, and none that there is not', () => {
  const named = new Set([...page.matchAll(/custody_[a-z_]+/g)].map(([name]) => name))
  expect([...named].sort()).toEqual(Object.keys(metrics).sort())
})
