import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { initKey } from '@custody/keys'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Ran } from '../testing/run-custody.ts'
import { runInProcess } from '../testing/run-program.ts'
import { writeSignedFiles } from './signed-files.ts'

let folder: string
const env = { SHOP_ARCHIVE_SECRET: 'the-same-key-in-every-test-of-this-project', SHOP_SECRET: 'secret' }

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'custody-report-'))
  await initKey({ directory: join(folder, 'keys') })
  writeFileSync(join(folder, 'custody.config.yaml'), configText('seal: { keys: KEYS }'))
})

afterEach(() => rmSync(folder, { recursive: true }))

function configText(seal: string): string {
  return `version: 1
orgs:
  shop:
    loginUrl: http://127.0.0.1:9
    auth:
      flow: client-credentials
      users: [{ name: one, clientId: { env: SHOP_SECRET }, clientSecret: { env: SHOP_SECRET } }]
    archiveSecret: { env: SHOP_ARCHIVE_SECRET }
archive: { directory: ${join(folder, 'archives')} }
state: { directory: ${join(folder, 'state')} }
${seal.replace('KEYS', join(folder, 'keys'))}
`
}

function custody(...args: readonly string[]): Promise<Ran> {
  return runInProcess([...args, '--config', join(folder, 'custody.config.yaml')], env)
}

async function add(reference: string, due: string): Promise<void> {
  const asked = ['--end-user', '0PA000000000001', '--phone', '+4917012345', '--received', '2020-01-01']
  const ran = await custody('erase', 'add', '--reference', reference, ...asked, '--regime', 'own', '--due', due)
  expect(ran.stderr).not.toMatch(/\[[A-Z_]+\]/)
  expect(ran.code).toBe(0)
}

test('erase report writes three files that ssh-keygen verifies, and that name nobody', async () => {
  await add('R-1', '2999-01-01')
  const out = join(folder, "out 'dir'")
  const ran = await custody('erase', 'report', 'R-1', '--out', out, '--json')
  expect(ran).toMatchObject({ code: 0 })
  const told = ran.stdout.split('\n').find((line) => line.includes('"erase-report"')) ?? ''
  const { verify, files } = JSON.parse(told) as { readonly verify: string; readonly files: readonly string[] }
  expect(files.map((file) => file.replace(/.*Z\./, ''))).toEqual([
    ...['html', 'html.sig', 'json', 'json.sig', 'csv', 'csv.sig', 'allowed_signers'],
  ])
  expect(readdirSync(out)).toHaveLength(files.length)
  for (const file of files) expect(readFileSync(file, 'utf8')).not.toMatch(/0PA000000000001|4917012345/)
  for (const ending of ['html', 'json', 'csv']) {
    const line = verify.replaceAll(".html'", `.${ending}'`).replaceAll('.html.sig', `.${ending}.sig`)
    expect(run(line.replaceAll(/\.html\b/g, `.${ending}`))).toContain('Good "custody-report" signature for custody')
  }
  const page = files[0] as string
  writeFileSync(page, readFileSync(page, 'utf8').replace('Nothing is erased yet', 'Everything is erased'))
  expect(() => run(verify)).toThrow()
})

test('erase report ends with 4 for what is overdue, and lists it first', async () => {
  await add('LATER', '2999-01-01')
  await add('LATE', '2020-02-01')
  const ran = await custody('erase', 'report', '--all', '--out', join(folder, 'out'), '--quiet')
  expect(ran.code).toBe(4)
  const json = readFileSync(ran.stdout.split('\n').find((path) => path.endsWith('.json')) ?? '', 'utf8')
  const { requests } = JSON.parse(json) as { readonly requests: readonly { readonly reference: string }[] }
  expect(requests.map(({ reference }) => reference)).toEqual(['LATE', 'LATER'])
})

test('erase report closes only what has its end, and is not unsigned by accident', async () => {
  await add('R-1', '2999-01-01')
  const out = join(folder, 'out')
  const closing = ['--close', '--operator', 'privacy-1']
  expect(await custody('erase', 'report', 'R-1', '--out', out, ...closing)).toMatchObject({ code: 5 })
  expect(await custody('erase', 'report', 'R-1', '--out', out, '--close')).toMatchObject({ code: 2 })
  expect(await custody('erase', 'report', '--out', out)).toMatchObject({ code: 2 })
  expect(await custody('erase', 'report', 'NOBODY', '--out', out)).toMatchObject({ code: 10 })
  expect(await custody('erase', 'report', '--all', '--out', out, ...closing)).toMatchObject({ code: 0 })
  writeFileSync(join(folder, 'custody.config.yaml'), configText(''))
  const refused = await custody('erase', 'report', 'R-1', '--out', join(folder, 'other'))
  expect(refused).toMatchObject({ code: 2 })
  expect(refused.stderr).toContain('ERASURE_REPORT_UNSIGNED')
  const unsigned = await custody('erase', 'report', 'R-1', '--out', join(folder, 'other'), '--unsigned')
  expect(unsigned).toMatchObject({ code: 0 })
  expect(readdirSync(join(folder, 'other'))).toHaveLength(3)
})

test('a report never overwrites one, and is not begun where the last of its files is there', async () => {
  const files = { json: 'second', csv: 'second' }
  writeFileSync(join(folder, 'name.csv'), 'first')
  const writing = writeSignedFiles({ directory: folder, name: 'name', files, signer: null })
  await expect(writing).rejects.toMatchObject({ code: 'ERASURE_REPORT_EXISTS', kind: 'refused' })
  expect(readFileSync(join(folder, 'name.csv'), 'utf8')).toBe('first')
  expect(readdirSync(folder)).not.toContain('name.json')
})

function run(line: string): string {
  return execFileSync('/bin/sh', ['-c', line], { encoding: 'utf8', stdio: 'pipe' })
}
