import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openArchive } from './testing/opened-archive.ts'
import { startOrgUnderTest } from './testing/org-under-test.ts'
import { runInProcess } from './testing/run-program.ts'

const page = readFileSync(new URL('../../../docs/compliance.md', import.meta.url), 'utf8')

/** The code blocks of the page in one language, without their indentation. */
function blocks(language: string): readonly string[] {
  const found = page.matchAll(new RegExp(`^( *)\`\`\`${language}\\n([\\s\\S]*?)^ *\`\`\``, 'gm'))
  return [...found].map(([, indent = '', text = '']) => text.replaceAll(new RegExp(`^${indent}`, 'gm'), ''))
}

test('every command of docs/compliance.md runs, with the configuration it shows', { timeout: 120_000 }, async () => {
  await using under = await startOrgUnderTest({ conversations: 8, longEntries: 40, month: '2026-10' })
  const here = (text: string): string =>
    text
      .replaceAll('.custody/keys', join(under.folder, 'keys'))
      .replaceAll(/(?<= )proof\b/g, join(under.folder, 'proof'))
      .replaceAll(/(?<= )archives\b/g, under.archives)
  const config = join(under.folder, 'custody.config.yaml')
  const [shown = ''] = blocks('yaml')
  writeFileSync(
    config,
    shown
      .replace('https://acme.my.salesforce.com', under.org.url)
      .replace('./archives', under.archives)
      .replace('./.custody', join(under.folder, 'state'))
      .replace('seal: {}', `seal: { keys: ${join(under.folder, 'keys')} }`),
  )
  const [{ clientId, clientSecret } = { clientId: '', clientSecret: '' }] = under.org.allCredentials
  const env = {
    ACME_CLIENT_ID: clientId,
    ACME_CLIENT_SECRET: clientSecret,
    ACME_ARCHIVE_SECRET: 'the-same-key-in-every-test-of-this-project',
    CUSTODY_CONFIG: config,
  }
  const zip = join(under.archives, 'acme-2026-10-01--2026-11-01.zip')
  const lines = blocks('sh').flatMap((block) => block.trimEnd().split('\n'))
  expect(lines.length).toBeGreaterThan(6)
  for (const line of lines) {
    expect(line).toMatch(/^custody /)
    const identifier = line.includes('IDENTIFIER') ? ((await anyConversation(zip)) ?? '') : ''
    const words = here(line).replace('IDENTIFIER', identifier).split(' ').slice(1)
    const { code, stderr } = await runInProcess(words, env)
    expect({ line, code, stderr: code === 0 ? '' : stderr }).toEqual({ line, code: 0, stderr: '' })
  }
})

async function anyConversation(zip: string): Promise<string | undefined> {
  for await (const { conversation } of openArchive(zip).conversations()) return conversation.identifier
  return undefined
}
