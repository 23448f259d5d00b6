import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Org, startEmulator } from '@custody/emulator'
import { expect, onTestFinished, test } from 'vitest'
import { type LeapingClock, leapingClock } from './testing/leaping-clock.ts'
import { openArchive } from './testing/opened-archive.ts'
import type { Ran } from './testing/run-custody.ts'
import { runInProcess } from './testing/run-program.ts'

const root = new URL('../../../', import.meta.url)
const read = (page: string): string => readFileSync(new URL(page, root), 'utf8')
const readme = read('README.md')

/** The commands of Custody in the shell blocks of a text. */
function commandsOf(text: string): readonly string[] {
  return [...text.matchAll(/^ *```sh\n([\s\S]*?)^ *```/gm)].flatMap(([, block = '']) =>
    [...block.matchAll(/^ *(?:\.\/)?custody (.*?)(?: +#.*)?$/gm)].map(([, command = '']) => command),
  )
}

/** The commands under one heading of a page. */
function under(page: string, heading: string): readonly string[] {
  const section = page.split(/^## /m).find((each) => each.startsWith(`${heading}\n`)) ?? ''
  const commands = commandsOf(section)
  expect([heading, commands.length > 0]).toEqual([heading, true])
  return commands
}

/** `erase archives archives`: the first is a command, the second a place. */
const isCommand = (command: string, index: number): boolean => index === 1 && command.startsWith('erase ')

const archive = 'archives/acme-2026-10-01--2026-11-01.zip'

/** What a page leaves to its reader, in this org. */
interface Desk {
  readonly org: Org
  readonly folder: string
  readonly clock: LeapingClock
  /** Stands for a word of the page from now on. */
  says(word: string, value: string): void
  run(command: string): Promise<Ran>
  /** Runs commands that end with the exit code that is named for their beginning, or else with 0. */
  runAll(commands: readonly string[], codes?: Readonly<Record<string, number>>): Promise<readonly Ran[]>
}

/** A folder with the configuration that the README shows, for an org that is called as there; with a key where archives are to be sealed. */
async function openDesk({ sealed = false }: { readonly sealed?: boolean } = {}): Promise<Desk> {
  const clock = leapingClock()
  const org = await startEmulator({
    ...{ conversations: 8, longEntries: 30, month: '2026-10', clock },
    limits: { entriesPerMinute: 60_000 },
  })
  const folder = mkdtempSync(join(tmpdir(), 'custody-pages-'))
  onTestFinished(async () => {
    await org.close()
    await rm(folder, { recursive: true })
  })
  const config = join(folder, 'custody.config.yaml')
  const [, indent = '', shown = ''] = /^( *)```yaml\n([\s\S]*?)^ *```/m.exec(readme) ?? []
  const text = shown
    .replaceAll(new RegExp(`^${indent}`, 'gm'), '')
    .replace('https://acme.my.salesforce.com', org.url)
    .replace('./archives', join(folder, 'archives'))
  const state = join(folder, '.custody')
  const seal = sealed ? `seal: { keys: ${join(state, 'keys')} }\n` : ''
  writeFileSync(config, `${text}state: { directory: ${state} }\n${seal}`)
  const [{ clientId, clientSecret } = { clientId: '', clientSecret: '' }] = org.allCredentials
  const env = {
    ACME_CLIENT_ID: clientId,
    ACME_CLIENT_SECRET: clientSecret,
    ACME_ARCHIVE_SECRET: 'the-same-key-in-every-test-of-this-project',
    CUSTODY_CONFIG: config,
  }
  const meant = new Map([['ARCHIVE', archive]])
  const words = (command: string): readonly string[] =>
    [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain = ''], index) => {
      if (quoted !== undefined) return quoted
      const word = meant.get(plain) ?? plain
      // Places are relative to where somebody works, and a test cannot change its own.
      const isPlace =
        /^(?:archives|plain|proof|reports|shared|tables|year\.html|requests\.csv|chats\.csv|redaction\.key|\.custody)(?:\/|$)/
      return isPlace.test(word) && !isCommand(command, index) ? join(folder, word) : word
    })
  const desk: Desk = {
    org,
    folder,
    clock,
    says: (word, value) => meant.set(word, value),
    run: (command) => runInProcess(words(command), env, clock),
    async runAll(commands, codes = {}) {
      const all: Ran[] = []
      for (const command of commands) {
        const [, expected = 0] = Object.entries(codes).find(([beginning]) => command.startsWith(beginning)) ?? []
        const ran = await desk.run(command)
        expect({ command, code: ran.code, told: ran.code === expected ? '' : ran.stderr + ran.stdout }).toEqual({
          ...{ command, code: expected, told: '' },
        })
        all.push(ran)
        const digest = /plan(?: to mask)? ([0-9a-f]{12})/.exec(ran.stdout)?.[1]
        if (digest !== undefined) meant.set('DIGEST', digest)
      }
      return all
    },
  }
  return desk
}

/** Whoever wrote to this org, as the file of requests names them. */
function askToBeDeleted({ org, folder }: Desk, ...references: readonly string[]): void {
  const people = [...org.truth.endUsers()].filter(({ emails }) => emails.length > 0)
  for (const { recordId } of org.truth.endUsers()) org.setSessions(recordId, 'ended')
  const rows = references.map((reference, index) => `${reference},2026-11-20,${people[index]?.emails[0]}`)
  writeFileSync(join(folder, 'requests.csv'), ['reference,received,emails', ...rows, ''].join('\n'))
}

test('README: your own org', async () => {
  const desk = await openDesk()
  await desk.runAll(under(readme, 'Archive your own org'))
})

test('README: more than one way out', async () => {
  const desk = await openDesk()
  await desk.runAll(under(readme, 'More than one way out'))
})

test('README: reading it, reports, tables', async () => {
  const desk = await openDesk()
  // A page is served until somebody ends it: that has its own tests. One source is no proof, and the exit code says so.
  await desk.runAll(
    under(readme, 'Reading it').filter((command) => !command.startsWith('view ')),
    { archive: 3 },
  )
  await desk.runAll(under(readme, 'To read, to show, to go on with'))
})

test('README: every month', async () => {
  const desk = await openDesk()
  const config = join(desk.folder, 'custody.config.yaml')
  const text = readFileSync(config, 'utf8')
  const schedule = 'schedule: { every: month, start: 2026-10-01, timeZone: UTC }\n'
  writeFileSync(
    config,
    text.replace(/^( +)data360:.*\n/m, (line, indent) => `${line}${indent}${schedule}`),
  )
  // Who is asked by init is not here; it has its own tests.
  await desk.runAll(
    under(readme, 'Every month, by itself').filter((command) => command !== 'init'),
    {
      archive: 3,
    },
  )
})

test('README: redaction, proof, requests', async () => {
  const desk = await openDesk()
  await desk.runAll(under(readme, 'Redaction'), { archive: 3 })
  const proof = await openDesk({ sealed: true })
  const commands = under(readme, 'Proof, for people who do not have Custody')
  await proof.runAll(commands.slice(0, 2))
  for await (const { conversation } of openArchive(join(proof.folder, archive)).conversations()) {
    proof.says('ID', conversation.identifier)
    break
  }
  await proof.runAll(commands.slice(2))
  askToBeDeleted(proof, 'REQ-1')
  await proof.runAll(under(readme, 'Deletion requests'))
})

test('docs/erasure.md', async () => {
  const page = read('docs/erasure.md')
  const desk = await openDesk({ sealed: true })
  await desk.runAll(['keys init', 'archive --from 2026-10-01 --to 2026-11-01 --redact none --witness data360'])
  askToBeDeleted(desk, 'REQ-1')
  const steps = under(page, 'From arrival to report')
  const confirming = steps.indexOf('erase confirm')
  await desk.runAll(steps.slice(0, confirming), { 'erase run': 7 })
  // Data 360 shows deletions an hour late.
  desk.clock.advance(2 * 3_600_000)
  await desk.runAll(steps.slice(confirming))
  await desk.runAll(under(page, 'Holds'))

  const masking = await openDesk()
  askToBeDeleted(masking, 'REQ-1')
  await masking.runAll(['erase add --file requests.csv', 'erase find REQ-1 --select exact --operator dpo-1'])
  const [plan = '', approve = '', run = '', confirm = ''] = under(page, 'Masking instead of deleting')
  await masking.runAll([plan, approve, run], { 'erase mask run': 7 })
  masking.clock.advance(2 * 3_600_000)
  // Agents are named in events, which take no other text.
  await masking.runAll([confirm], { 'erase confirm': 3 })
})

test('docs/doctor.md', async () => {
  const desk = await openDesk()
  const out = ` --probe-out ${join(desk.folder, 'probe.json')}`
  const commands = commandsOf(read('docs/doctor.md')).map(
    (command) => `${command}${command.endsWith('--probe') ? out : ''}`,
  )
  // The simulated org has what no assumption names, on purpose.
  await desk.runAll(commands, { 'doctor --org acme --probe': 4 })
})

test('docs/redaction.md', async () => {
  const desk = await openDesk()
  writeFileSync(join(desk.folder, 'redaction.key'), 'c'.repeat(64))
  writeFileSync(join(desk.folder, 'chats.csv'), 'subject,message\nRefund,"call me at +49 170 1234567"\n')
  await desk.runAll(['archive --from 2026-10-01 --to 2026-11-01 --redact none --witness data360 --out plain'])
  const commands = commandsOf(read('docs/redaction.md'))
  const ran = await desk.runAll(commands, { archive: 3 })
  expect(ran[0]?.stdout).toContain('PHONE')
  expect(readFileSync(join(desk.folder, 'shared', 'chats.csv'), 'utf8')).not.toContain('1234567')
})
