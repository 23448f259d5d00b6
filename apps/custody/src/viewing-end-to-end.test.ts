import { appendFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { noBrowser, openBrowser, type TestBrowser } from '@custody/viewer/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runProgram } from './program.ts'
import { type OrgUnderTest, startOrgUnderTest } from './testing/org-under-test.ts'

let org: OrgUnderTest
/** A sealed archive with the page, as a folder. */
let folder: string
const page = (): string => join(folder, 'data/transcripts/index.html')

beforeAll(async () => {
  org = await startOrgUnderTest({ conversations: 8 })
  expect(await org.archive(['--formats', 'jsonl', '--limit', '2', '--out', join(org.folder, 'zips')])).toMatchObject({
    code: 3,
  })
  appendFileSync(org.config, `seal: { keys: ${join(org.folder, 'keys')} }\n`)
  expect(await org.custody(['keys', 'init'])).toMatchObject({ code: 0 })
  const ran = await org.archive(['--formats', 'jsonl,html', '--container', 'folder'])
  expect(ran, ran.stderr).toMatchObject({ code: 0 })
  folder = org.zip.replace(/\.zip$/, '')
})
afterAll(() => org?.[Symbol.asyncDispose]())

/** Runs `custody view` in this process until `use` is through; gives what it ended with. */
async function viewing(
  args: readonly string[],
  use: (url: string) => Promise<void>,
): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> {
  const stop = new AbortController()
  const said = { stdout: '', stderr: '' }
  const output = (name: keyof typeof said): { write(text: string): void } => ({
    write(text) {
      said[name] += text
    },
  })
  const running = runProgram(['view', ...args], {
    stdout: output('stdout'),
    stderr: output('stderr'),
    env: {},
    signal: stop.signal,
  })
  try {
    const url = (): string | undefined => /http:\S+/.exec(said.stdout)?.[0]?.replace(/[",}]+$/, '')
    const ended = await Promise.race([running.then(() => true), untilThere(url)])
    if (ended !== true) await use(url() ?? '')
  } finally {
    stop.abort()
  }
  return { code: await running, ...said }
}

async function untilThere(look: () => unknown): Promise<false> {
  while (look() === undefined) await wait(5)
  return false
}

interface Asked {
  readonly method?: string
  readonly host?: string
}

/** Asks as no browser would. */
function ask(
  url: string,
  path: string,
  { method = 'GET', host }: Asked = {},
): Promise<{ status: number; headers: Record<string, unknown>; text: string }> {
  const { port, host: own } = new URL(url)
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, method, headers: { host: host ?? own } }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }))
    })
    sent.on('error', reject).end()
  })
}

test('custody view serves the page and the files of the archive, to nobody else, until it is stopped', async () => {
  const ran = await viewing([folder], async (url) => {
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[\w-]{22}\/$/)
    const base = new URL(url).pathname
    const served = await ask(url, base)
    expect(served.status).toBe(200)
    expect(served.headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': expect.stringMatching(
        /^default-src 'none';.*connect-src 'self';.*frame-ancestors 'none'$/,
      ),
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    })
    // What is in the archive, but for where its files are.
    const data = (html: string): string =>
      html.slice(html.indexOf('data-part="facts"'), html.lastIndexOf('data-part="end"'))
    expect(data(served.text)).toBe(data(readFileSync(page(), 'utf8')))

    const sealText = await ask(url, `${base}files/seal/seal.txt`)
    expect([sealText.status, sealText.text]).toEqual([200, readFileSync(join(folder, 'seal/seal.txt'), 'utf8')])
    const html = await ask(url, `${base}files/data/transcripts/index.html`)
    expect(html.headers).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-disposition': 'attachment',
      'content-security-policy': expect.stringContaining('sandbox'),
    })
    expect(Object.keys(JSON.parse((await ask(url, `${base}files/`)).text))).toContain('bagit.txt')

    for (const [path, asked, status] of [
      ['/', {}, 404],
      ['/data/transcripts/index.html', {}, 404],
      [`${base.slice(0, -2)}x/`, {}, 404],
      [`${base}files/../../../etc/passwd`, {}, 404],
      [`${base}files/..%2f..%2f..%2fetc%2fpasswd`, {}, 404],
      [`${base}files/%`, {}, 404],
      [`${base}files//etc/passwd`, {}, 404],
      [`${base}files/__proto__`, {}, 404],
      [base, { method: 'POST' }, 405],
      [base, { method: 'HEAD' }, 405],
      [base, { host: 'harm.example' }, 403],
      [base, { host: 'harm.example:80' }, 403],
      [base, { host: '127.0.0.1' }, 403],
    ] as const) {
      expect([path, asked, (await ask(url, path, asked)).status]).toEqual([path, asked, status])
    }
    const other = await viewing([folder, '--port', new URL(url).port], async () => undefined)
    expect(other).toMatchObject({ code: 2, stderr: expect.stringContaining('VIEW_PORT') })
  })
  expect(ran).toMatchObject({ code: 0, stderr: expect.stringContaining('Ctrl-C ends it') })
})

test('custody view takes a ZIP without the page, and says what is no archive', async () => {
  const [name = ''] = readdirSync(join(org.folder, 'zips'))
  const ran = await viewing([join(org.folder, 'zips', name), '--json'], async (url) => {
    expect((await (await fetch(url)).text()).match(/data-part="conversations"/g)).not.toBeNull()
  })
  expect(JSON.parse(ran.stdout)).toMatchObject({ type: 'view-start', archive: name.replace('.zip', '') })
  expect((await viewing([org.folder], async () => undefined)).code).toBe(10)
  expect((await viewing([join(org.folder, 'none')], async () => undefined)).code).toBe(10)
})

describe.skipIf(noBrowser !== null)(`in the browser${noBrowser === null ? '' : `, skipped: ${noBrowser}`}`, () => {
  let browser: TestBrowser
  beforeAll(async () => {
    browser = await openBrowser()
  })
  afterAll(() => browser?.[Symbol.asyncDispose]())

  test('the page of an archive checks the folder it is shown, and its seal', async () => {
    await using opened = await browser.open(`file://${page()}`)
    const { page: tab } = opened
    await tab.getByText(/^\d conversations$/).waitFor()
    await tab.click('#open-integrity')
    const statements = async (): Promise<readonly string[]> => {
      await tab.locator('#folder').setInputFiles(folder)
      await tab.getByText('What this does not prove').waitFor()
      return await tab.locator('#integrity .statement').allTextContents()
    }
    expect(await statements()).toEqual([
      expect.stringMatching(
        /^✓ All \d+ files \([\d,]+ bytes\) are as the manifests list them; none is missing, none is extra\.$/,
      ),
      '✓ The seal is over these very files.',
      '✓ The signature of the seal is right, by the key that came with the archive.',
      '✓ The signature of the list of the seal’s own files is right, by the key that came with the archive.',
    ])
    const fingerprint = /sha256:[0-9a-f]{64}/.exec((await org.custody(['keys', 'list'])).stdout)?.[0] ?? ''
    await tab.fill('#trusted-fingerprint', fingerprint)
    await tab.getByText('That is the key of this seal.').waitFor()
    await tab.fill(
      '#trusted-fingerprint',
      fingerprint.replace(/.$/, (last) => (last === '0' ? '1' : '0')),
    )
    await tab.getByText('That is another key.').waitFor()
    expect(opened).toMatchObject({ requests: [], troubles: [] })
  })

  test('served by custody view it checks all files by itself, and finds what was changed, added and removed', async () => {
    const gaps = join(folder, 'data/reports/gaps.csv')
    const before = readFileSync(gaps)
    const seal = readFileSync(join(folder, 'seal/seal.txt'), 'utf8')
    try {
      writeFileSync(gaps, `${before}x`)
      writeFileSync(join(folder, 'data/more.txt'), 'more')
      writeFileSync(join(folder, 'seal/seal.txt'), seal.replace('mode redacted', 'mode plain'))
      await viewing([folder], async (url) => {
        await using opened = await browser.open(url, { mayRequest: [`${url}files/`] })
        const { page: tab } = opened
        await tab.click('#open-integrity')
        await tab.click('#check-files')
        await tab.getByText('What this does not prove').waitFor()
        expect(await tab.locator('#integrity tbody tr').allTextContents()).toEqual([
          'data/more.txtin no manifest',
          'data/reports/gaps.csvchanged',
          'seal/seal.txtchanged',
        ])
        expect(await tab.locator('#integrity .statement.wrong').allTextContents()).toEqual([
          '✗ 3 files are not as the manifests say.',
          '✗ The seal is over other files than these.',
          '✗ The signature of the seal is wrong.',
        ])
        expect(opened).toMatchObject({ requests: [], troubles: [] })
      })
    } finally {
      writeFileSync(gaps, before)
      writeFileSync(join(folder, 'seal/seal.txt'), seal)
      rmSync(join(folder, 'data/more.txt'), { force: true })
    }
  })
})

test('what is erased from the archive is gone from the page', async () => {
  const [, identifier = ''] = /"identifier":"([^"]+)"/.exec(readFileSync(page(), 'utf8')) ?? []
  expect(identifier).not.toBe('')
  const erased = await org.custody([
    'erase',
    'archive',
    folder,
    '--record',
    identifier,
    '--basis',
    'gdpr-17-1-b',
    '--operator',
    'dpo-1',
  ])
  expect(erased, erased.stderr).toMatchObject({ code: 0 })
  const html = readFileSync(page(), 'utf8')
  expect(html).not.toContain(identifier)
  expect(html).toContain('"erased":1')
  expect(await org.custody(['verify', folder])).toMatchObject({ code: 0 })
})
