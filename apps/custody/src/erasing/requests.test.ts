import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Clock, systemClock } from '@custody/pipeline'
import { describe, expect, onTestFinished, test } from 'vitest'
import { runProgram } from '../program.ts'
import type { Ran } from '../testing/run-custody.ts'

interface Desk {
  readonly folder: string
  readonly state: string
  run(line: string, at?: string): Promise<Ran>
  write(name: string, content: string | Uint8Array): string
}

/** A privacy desk with its configuration: no org is asked, so there is none. */
function openDesk(erasure = ''): Desk {
  const folder = mkdtempSync(join(tmpdir(), 'custody-desk-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const state = join(folder, 'state')
  const config = join(folder, 'custody.config.yaml')
  const write = (name: string, content: string | Uint8Array): string => {
    writeFileSync(join(folder, name), content)
    return join(folder, name)
  }
  write(
    'custody.config.yaml',
    `version: 1
orgs:
  shop:
    loginUrl: https://shop.my.salesforce.com
    auth: { flow: client-credentials, users: [{ name: a, clientId: { env: ID }, clientSecret: { env: SECRET } }] }
    archiveSecret: { env: KEY }
state: { directory: ${state} }
${erasure}
`,
  )
  return {
    folder,
    state: join(state, 'shop'),
    write,
    async run(line, at = '2026-11-21T12:00:00Z') {
      let [stdout, stderr] = ['', '']
      const clock: Clock = { ...systemClock, now: () => Date.parse(at) }
      const code = await runProgram([...line.split(' '), '--config', config], {
        stdout: { write: (text) => (stdout += text) },
        stderr: { write: (text) => (stderr += text) },
        env: { KEY: 'the-same-key-in-every-test-of-this-project' },
        signal: new AbortController().signal,
        clock,
      })
      return { code, stdout, stderr }
    },
  }
}

const csv = `reference,received,phones,emails,note
R-1,2026-11-01,+49 30 5550123,jane@example.org,"rang up,
twice"
R-2,2026-10-01,,bob@example.org,
R-2,2026-10-01,,bob@example.org,
R-3,2026-10-01,,secret-of-the-bad-row,
R-4,2026-10-33,,x@example.org,
`

describe('a file of requests', () => {
  test('bad rows are told of by line and reason alone, with 3; good ones are taken; again adds nothing', async () => {
    const desk = openDesk()
    const file = desk.write('requests.csv', csv)
    const first = await desk.run(`erase add --file ${file}`)
    expect(first.code).toBe(3)
    expect(
      first.stdout,
    ).toBe(`line 6: an e-mail address has one @ with something on both sides, and no spaces [email-malformed]
line 7: the day it was received is no day written 2026-11-21 [received-malformed]
2 added, 0 known before, 1 repeated in the file, 2 not taken
`)
    const again = await desk.run(`erase add --json --file ${file}`)
    expect(
      again.stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown)
        .at(-1),
    ).toEqual({
      type: 'erase-requests-imported',
      org: 'shop',
      added: 0,
      known: 2,
      repeated: 1,
      refused: 2,
    })
    const said = [first, again].map(({ stdout, stderr }) => stdout + stderr).join('')
    const kept = readdirSync(desk.state)
      .map((name) => readFileSync(join(desk.state, name), 'latin1'))
      .join('')
    expect(kept).toContain('R-1')
    for (const word of ['jane', 'bob@', '5550123', 'rang up', 'secret-of']) expect(said + kept).not.toContain(word)
  })

  test.each([
    ['in Latin-1', Buffer.from(csv.replace('jane', 'jürgen'), 'latin1')],
    ['in UTF-16', Buffer.from(`\ufeff${csv}`, 'utf16le')],
  ])('%s is refused as a whole', async (_, bytes) => {
    const desk = openDesk()
    const ran = await desk.run(`erase add --file ${desk.write('requests.csv', bytes)}`)
    expect(ran).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('[ERASURE_FILE]') })
    expect((await desk.run('erase status')).stdout).toBe('shop: 0 open, 0 overdue, 0 closed, 0 withdrawn\n')
  })

  test('beside other words, or not there', async () => {
    const desk = openDesk()
    const file = desk.write('requests.csv', csv)
    const both = await desk.run(`erase add --file ${file} --end-user 0PAxx0000000001`)
    expect(both).toMatchObject({ code: 2, stderr: expect.stringMatching(/--end-user .*OPTION_CONFLICT/) })
    expect(await desk.run('erase add --file nowhere.csv')).toMatchObject({ code: 2 })
    expect(await desk.run('erase add --phone 12345678')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('OPTION_MISSING'),
    })
  })
})

describe('requests', () => {
  test('one by flags, its due date by law; overdue ones first, with 4; register; withdrawn', async () => {
    const desk = openDesk('erasure: { regime: ccpa }')
    const note = desk.write('note.txt', 'in her own words')
    const added = await desk.run(
      `erase add --reference Q-1 --received 2026-10-01 --phone +14155550100 --jurisdiction us-ca --note-file ${note}`,
    )
    expect(added).toMatchObject({ code: 0, stdout: 'Q-1: added, due on 2026-11-15 (ccpa)\n' })
    await desk.run(
      'erase add --reference Q-2 --received 2026-10-31 --regime gdpr --manner letter --end-user 0PAxx0000000001 0PAxx0000000002',
    )
    const shared = await desk.run('erase add --reference Q-3 --received 2026-11-01 --end-user 0PAxx0000000002')
    expect(shared.stderr).toContain('names somebody whom Q-2 names too')
    const differs = await desk.run('erase add --reference Q-3 --received 2026-11-01 --end-user 0PAxx0000000009')
    expect(differs).toMatchObject({ code: 5, stderr: expect.stringContaining('ERASURE_REQUEST_DIFFERS') })

    const status = await desk.run('erase status')
    expect(status).toMatchObject({
      code: 4,
      stdout: `shop: 3 open, 1 OVERDUE, 0 closed, 0 withdrawn
  OVERDUE     Q-1: was due on 2026-11-15, 6 days ago, received
  received    Q-2: due on 2026-11-30, in 9 days
  received    Q-3: due on 2026-12-16, in 25 days
`,
    })
    const all = await desk.run('status')
    expect(all.code).toBe(4)
    expect(all.stdout).toContain('  erasures    3 requests open, 1 OVERDUE, next due on 2026-11-30; 0 holds\n')
    expect(all.stderr).toContain('One deletion request is overdue.')

    const extend = (reference: string, reason = 'complexity') =>
      desk.run(`erase extend ${reference} --reason ${reason} --operator op-1`)
    // Overdue, and unknown: neither is moved.
    expect(await extend('Q-1')).toMatchObject({ code: 5, stderr: expect.stringContaining('ERASURE_EXTENSION_LATE') })
    expect(await extend('Q-9')).toMatchObject({ code: 10 })
    expect(await extend('Q-2', 'holidays')).toMatchObject({ code: 2 })
    expect((await extend('Q-2')).stdout).toBe('Q-2: due on 2027-01-31, instead of 2026-11-30 (complexity)\n')
    expect(await extend('Q-2')).toMatchObject({ code: 5, stderr: expect.stringContaining('extended before') })

    expect(await desk.run('erase withdraw Q-1 --operator op-1')).toMatchObject({ code: 0 })
    expect(await desk.run('erase withdraw Q-1 --operator op-1')).toMatchObject({ code: 5 })
    expect(await desk.run('erase status')).toMatchObject({ code: 0 })
    expect((await desk.run('erase status Q-1')).stdout).toContain('withdrawn   Q-1: ended at 2026-11-21T12:00:00.000Z')
    expect(await desk.run('erase status Q-9')).toMatchObject({ code: 10 })
    expect((await desk.run('erase register')).stdout.split('\n').slice(1)).toEqual([
      'Q-1,2026-10-01,deletion-of-person,,US-CA,ccpa,2026-11-15,2026-11-21,withdrawn,,0,0,0,0,0',
      'Q-2,2026-10-31,deletion-of-person,letter,,gdpr,2027-01-31,,open,,0,0,0,0,0',
      'Q-3,2026-11-01,deletion-of-person,,,ccpa,2026-12-16,,open,,0,0,0,0,0',
      '',
    ])
  })

  test('where there is none, looking makes none', async () => {
    const desk = openDesk()
    expect(await desk.run('erase status')).toMatchObject({ code: 0 })
    expect((await desk.run('erase register')).stdout).toMatch(/^reference,received_on,[^\n]*\n$/)
    expect(await desk.run('hold list')).toMatchObject({ code: 0, stdout: '' })
    expect((await desk.run('status')).stdout).not.toContain('erasures')
    expect(readdirSync(desk.folder)).toEqual(['custody.config.yaml'])
  })

  test('a damaged store is a finding of status', async () => {
    const desk = openDesk()
    await desk.run('erase add --reference Q-1 --received 2026-11-01 --conversation c-1')
    writeFileSync(join(desk.state, 'erasure.sqlite'), 'no database at all'.repeat(1_000))
    const ran = await desk.run('status')
    expect(ran).toMatchObject({ code: 4, stdout: expect.stringContaining('[LEDGER_DAMAGED]') })
  })
})

describe('holds', () => {
  test('placed, listed without ids, released', async () => {
    const desk = openDesk()
    expect(await desk.run('hold add H-1 --matter M-1 --end-user 0PAxx0000000001 --operator op-1')).toMatchObject({
      code: 0,
    })
    expect(
      await desk.run(
        'hold add H-2 --matter M-1 --from 2026-01-01 --to 2026-02-01 --operator op-1 --ground statutory-retention --expires 2032-01-01',
      ),
    ).toMatchObject({ code: 0 })
    const { stdout } = await desk.run('hold list')
    expect(stdout).toBe(`H-1: legal-hold of 1 end-user for M-1, by op-1 at 2026-11-21T12:00:00.000Z, until released
H-2: statutory-retention of conversations from 2026-01-01 to before 2026-02-01 for M-1, by op-1 at 2026-11-21T12:00:00.000Z, until 2032-01-01
`)
    expect((await desk.run('hold list --ids')).stdout).toContain('\n    0PAxx0000000001\n')
    expect(await desk.run('hold release H-1 --operator op-1')).toMatchObject({ code: 0 })
    expect((await desk.run('hold list')).stdout).not.toContain('H-1')
    expect((await desk.run('hold list --all')).stdout).toContain('released at 2026-11-21T12:00:00.000Z by op-1')
    expect((await desk.run('hold list --all', '2033-01-01T00:00:00Z')).stdout).toContain('was over on 2032-01-01')
  })

  test('with two persons: 5 and still held until another one says so too', async () => {
    const desk = openDesk('erasure: { twoPersonRule: true }')
    await desk.run('hold add H-1 --matter M-1 --everything --operator op-1')
    const asked = await desk.run('hold release H-1 --operator op-1')
    expect(asked).toMatchObject({ code: 5, stderr: expect.stringContaining('custody hold release H-1 --operator ID') })
    expect((await desk.run('hold list')).stdout).toContain('op-1 asks for its end')
    expect(await desk.run('hold release H-1 --operator op-2')).toMatchObject({ code: 0 })
    expect((await desk.run('hold list')).stdout).toBe('')
  })

  test.each([
    ['', 'OPTION_MISSING'],
    [' --everything --conversation c-1', 'OPTION_CONFLICT'],
    [' --from 2026-01-01', 'OPTION_MISSING'],
    [' --everything --ground because', 'OPTION_UNKNOWN_VALUE'],
    [' --everything --expires 2026-11-21', 'ERASURE_HOLD'],
  ])('hold add%s: %s', async (flags, code) => {
    const desk = openDesk()
    const ran = await desk.run(`hold add H-1 --matter M-1 --operator op-1${flags}`)
    expect(ran).toMatchObject({ code: 2, stderr: expect.stringContaining(`[${code}]`) })
  })
})
