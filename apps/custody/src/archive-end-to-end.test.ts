import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { type EmulatorOptions, loadScenario, type Scenario, scenarios } from '@custody/emulator'
import { describe, expect, test, vi } from 'vitest'
import { type OpenedArchive, openArchive, openFolder } from './testing/opened-archive.ts'
import { type OrgUnderTest, startOrgUnderTest } from './testing/org-under-test.ts'
import { launcher, runCommand } from './testing/run-custody.ts'

/** Every entry id of the archive with how often it stands there. */
async function archivedEntries(archive: OpenedArchive): Promise<Map<string, number>> {
  const ids = new Map<string, number>()
  for await (const { entries } of archive.conversations()) {
    for (const { entryId } of entries) ids.set(entryId, (ids.get(entryId) ?? 0) + 1)
  }
  return ids
}

/** What the org holds and the archive does not, what it has and the org does not, what stands there twice. */
async function compare(under: OrgUnderTest, archive: OpenedArchive): Promise<Record<string, number>> {
  const archived = await archivedEntries(archive)
  const twice = [...archived.values()].filter((times) => times > 1).length
  let absent = 0
  for (const { entryId } of under.org.truth.entries(under.org.window)) if (!archived.delete(entryId)) absent += 1
  return { absent, foreign: archived.size, twice }
}

const nothing = { absent: 0, foreign: 0, twice: 0 }

/** The scenarios of the fixtures folder, by name. */
function fixtures(): readonly [string, Scenario][] {
  const folder = new URL('../../../fixtures/scenarios/', import.meta.url)
  return readdirSync(folder).map((story) => [
    `fixtures/${story}`,
    loadScenario(readFileSync(new URL(`${story}/scenario.yaml`, folder), 'utf8')),
  ])
}

/** As few as show the fault: those of pages and of a switched-off API only show where there are more. */
function sizeFor(name: string): EmulatorOptions {
  return /page|token|ties|switched-off/.test(name) ? { conversations: 40, longEntries: 1_200 } : { conversations: 14 }
}

// Waiting and retrying is most of what these do, so a few run side by side.
describe.concurrent('every scenario of the org', () => {
  test.each([...Object.entries(scenarios), ...fixtures()])('%s', { timeout: 120_000 }, async (name, scenario) => {
    await using under = await startOrgUnderTest({ ...sizeFor(name), scenario })
    const ran = await under.archive()
    const { outcome = 'complete' } = scenario
    if (outcome === 'failed') {
      expect([1, 6]).toContain(ran.code)
      expect(ran.stderr).toMatch(/error: .*\[[A-Z0-9_]+\]\n {2}→ /)
      expect(existsSync(under.archives) ? readdirSync(under.archives) : []).toEqual([])
      return
    }
    const archive = openArchive(under.zip)
    const gaps = archive.csv('data/reports/gaps.csv').slice(1)
    const found = await compare(under, archive)
    if (outcome === 'complete') expect({ code: ran.code, ...found, gaps }).toEqual({ code: 0, ...nothing, gaps: [] })
    else {
      expect({ code: ran.code, ...found }).toMatchObject({ code: 3, foreign: 0, twice: 0 })
      expect(gaps.length).toBeGreaterThan(0)
    }
    const { verify } = await import('@custody/archive')
    expect((await verify(under.zip)).findings).toEqual([])
  })
})

describe('a redacted archive', () => {
  test('holds no literal name, phone, e-mail or platform key of an end user; nor do logs and events', async () => {
    await using under = await startOrgUnderTest({ conversations: 150, scenario: scenarios['demo'] })
    const ran = await under.archive(['--json'])
    expect(ran.code).toBe(0)
    const files = [...openArchive(under.zip).files()].map(([path, bytes]) => ({ path, text: bytes.toString('utf8') }))
    const places = [...files, { path: 'stdout', text: ran.stdout }, { path: 'stderr', text: ran.stderr }]
    const leaks: string[] = []
    for (const person of under.org.truth.endUsers(under.org.window)) {
      const literals = { name: [person.name], phone: person.phones, email: person.emails, key: [person.platformKey] }
      for (const [kind, values] of Object.entries(literals)) {
        for (const value of values) {
          for (const { path, text } of places)
            if (text.includes(value)) leaks.push(`${kind} of ${person.recordId} in ${path}`)
        }
      }
    }
    expect(leaks).toEqual([])
  })

  test('is the same, byte for byte in its payload, on a second run', async () => {
    await using under = await startOrgUnderTest({ conversations: 40 })
    await under.archive()
    const first = openArchive(under.zip).file('manifest-sha256.txt')
    expect((await under.archive(['--replace'])).code).toBe(0)
    expect(openArchive(under.zip).file('manifest-sha256.txt')).toBe(first)
  })
})

describe('a plain archive', () => {
  test('holds every text as received', async () => {
    await using under = await startOrgUnderTest({ conversations: 40 })
    const ran = await under.archive(['--redact', 'none', '--container', 'folder'])
    expect(ran.code).toBe(0)
    const archive = openFolder(under.zip.replace(/\.zip$/, ''))
    const texts = new Map<string, string>()
    for await (const { entries } of archive.conversations()) {
      for (const { entryId, text, payload } of entries) texts.set(entryId, `${text}\n${JSON.stringify(payload)}`)
    }
    const mentions = [...under.org.truth.mentions(under.org.window)]
    expect(mentions.length).toBeGreaterThan(20)
    const lost = mentions.filter(
      ({ entryId, literal }) =>
        !texts.get(entryId)?.includes(literal) && !texts.get(entryId)?.includes(escaped(literal)),
    )
    expect(lost.map(({ entryId, type }) => `${type} in ${entryId}`)).toEqual([])
  })
})

const escaped = (text: string): string => JSON.stringify(text).slice(1, -1)

describe('what the command line promises', () => {
  test('a flipped byte in a folder is found, with exit code 4', async () => {
    await using under = await startOrgUnderTest({ conversations: 20 })
    await under.archive(['--container', 'folder'])
    const folder = under.zip.replace(/\.zip$/, '')
    for (const path of ['data/conversations/part-00001.jsonl', 'run.json', 'tagmanifest-sha256.txt']) {
      const bytes = readFileSync(`${folder}/${path}`)
      const changed = Buffer.from(bytes)
      changed[Math.floor(bytes.length / 2)] = (changed[Math.floor(bytes.length / 2)] as number) ^ 1
      writeFileSync(`${folder}/${path}`, changed)
      const ran = await under.custody(['verify', folder])
      expect({ path, code: ran.code }).toEqual({ path, code: 4 })
      expect(ran.stdout).toMatch(/^[A-Z0-9_]+ {2}\S/m)
      writeFileSync(`${folder}/${path}`, bytes)
    }
    expect((await under.custody(['verify', folder])).code).toBe(0)
  })

  test('a flipped byte of the ZIP is found', async () => {
    await using under = await startOrgUnderTest({ conversations: 20 })
    await under.archive()
    const bytes = readFileSync(under.zip)
    for (const share of [0.2, 0.5, 0.8]) {
      const changed = Buffer.from(bytes)
      const at = Math.floor(bytes.length * share)
      changed[at] = (changed[at] as number) ^ 0x10
      writeFileSync(under.zip, changed)
      expect((await under.custody(['verify', under.zip])).code).toBe(4)
    }
  })

  test('what is no archive ends with 10', async () => {
    await using under = await startOrgUnderTest({ conversations: 1 })
    expect((await under.custody(['verify', under.folder])).code).toBe(10)
    expect((await under.custody(['verify', '/nowhere.zip'])).code).toBe(10)
  })

  test('an empty window ends with 3 and says so; --allow-empty makes it 0', async () => {
    await using under = await startOrgUnderTest({ conversations: 20 })
    const window = ['archive', '--from', '2001-01-01', '--to', '2001-02-01']
    const ran = await under.custody(window)
    expect(ran.code).toBe(3)
    expect(ran.stderr).toContain('holds no conversation')
    expect((await under.custody([...window, '--allow-empty', '--replace'])).code).toBe(0)
  })

  test('--limit gives an archive that says it is incomplete', async () => {
    await using under = await startOrgUnderTest({ conversations: 20 })
    expect((await under.archive(['--limit', '3'])).code).toBe(3)
    const archive = openArchive(under.zip)
    expect(JSON.parse(archive.file('run.json'))).toMatchObject({ verdict: 'incomplete', counts: { conversations: 3 } })
  })

  test('--plan counts, and reads and writes nothing', async () => {
    await using under = await startOrgUnderTest({ conversations: 20 })
    const ran = await under.archive(['--plan'])
    expect(ran.code).toBe(0)
    expect(ran.stdout).toMatch(/conversations\s+\d+/)
    expect(under.org.calls['conversation-entries'].count).toBe(0)
    expect(existsSync(under.archives)).toBe(false)
  })

  test('an archive that is there already is not overwritten', async () => {
    await using under = await startOrgUnderTest({ conversations: 5 })
    await under.archive()
    const before = readFileSync(under.zip)
    const asked = under.org.calls.token.count
    const ran = await under.archive()
    expect(ran.code).toBe(2)
    expect(ran.stderr).toContain('ARCHIVE_EXISTS')
    expect(under.org.calls.token.count).toBe(asked)
    expect(readFileSync(under.zip).equals(before)).toBe(true)
  })

  test('wrong credentials end with 6 and nothing is written', async () => {
    await using under = await startOrgUnderTest({ conversations: 5 })
    const ran = await under.archive([], { env: { SHOP_CLIENT_SECRET_1: 'not-the-secret-at-all' } })
    expect(ran.code).toBe(6)
    expect(ran.stderr + ran.stdout).not.toContain('not-the-secret-at-all')
    expect(existsSync(under.archives) ? readdirSync(under.archives) : []).toEqual([])
  })

  test('the events of --json are NDJSON and end with the summary', async () => {
    await using under = await startOrgUnderTest({ conversations: 10 })
    const { stdout } = await under.archive(['--json'])
    const events = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string })
    expect(events[0]?.type).toBe('job-start')
    expect(events.at(-1)).toMatchObject({ type: 'job-end', verdict: 'counted' })
  })
})

describe('whoever listens', () => {
  test('a reader that leaves does not end the run', async () => {
    await using under = await startOrgUnderTest({ conversations: 40 })
    const { from, to } = under.org.window
    // `head` is gone after the first event; the exit code that counts is that of custody.
    const script = `"$0" archive --json --from ${from} --to ${to} | head -1; exit "\${PIPESTATUS[0]}"`
    const ran = await runCommand('bash', ['-c', script, launcher], { cwd: under.folder, env: under.env })
    expect(ran.stdout.trim().split('\n')).toHaveLength(1)
    expect(ran.code).toBe(0)
    expect(await compare(under, openArchive(under.zip))).toEqual(nothing)
  })

  test('verify goes on behind an archive that is not there, and ends with the worst', async () => {
    await using under = await startOrgUnderTest({ conversations: 5 })
    await under.archive()
    const ran = await under.custody(['verify', '/nowhere.zip', under.zip])
    expect(ran.code).toBe(10)
    expect(ran.stdout).toContain(`${under.zip}: valid`)
    expect(ran.stderr).toContain('ARCHIVE_NOT_FOUND')
  })
})

describe('bad input: exit code 2, what is wrong by name, and not one request', () => {
  const window = ['--from', '2026-10-01', '--to', '2026-11-01']
  test.each<[string, readonly string[], RegExp]>([
    ['reversed window', ['--from', '2026-11-01', '--to', '2026-10-01'], /--from/],
    ['malformed window', ['--from', 'October', '--to', '2026-11-01'], /--from/],
    ['missing window', ['--from', '2026-10-01'], /--to/],
    ['unknown source', [...window, '--source', 'connekt'], /--source/],
    ['unknown format', [...window, '--formats', 'jsonl,xls'], /--formats/],
    ['unknown container', [...window, '--container', 'tar'], /--container/],
    ['unknown org', [...window, '--org', 'shpo'], /shpo[\s\S]*shop/],
    ['unknown flag', [...window, '--form', 'x'], /--form/],
    ['policy that is not there', [...window, '--redact', 'nowhere.yaml'], /nowhere\.yaml/],
    ['limit that is no number', [...window, '--limit', 'ten'], /--limit/],
    ['unwritable directory', [...window, '--out', '/dev/null/archives'], /\/dev\/null\/archives/],
  ])('%s', async (_name, flags, message) => {
    await using under = await startOrgUnderTest({ conversations: 1 })
    const ran = await under.custody(['archive', ...flags])
    expect(ran.stderr).toMatch(message)
    expect(ran.code).toBe(2)
    expect(Object.values(under.org.calls).reduce((sum, { count }) => sum + count, 0)).toBe(0)
  })

  test.each<[string, string, string, RegExp]>([
    ['unknown key', 'version: 1', 'version: 1\nstat: {}', /here\.yaml:2: stat: unknown key/],
    ['literal secret', '{ env: SHOP_CLIENT_SECRET_1 }', 'literally-the-secret', /clientSecret: holds a literal secret/],
    ['http address', 'loginUrl: http://127.0.0.1', 'loginUrl: http://shop.example', /loginUrl: must be an https/],
  ])('configuration with %s', async (_name, from, to, message) => {
    await using under = await startOrgUnderTest({ conversations: 1 })
    writeFileSync(under.config, readFileSync(under.config, 'utf8').replace(from, to))
    const ran = await under.archive()
    expect(ran.stderr).toMatch(message)
    expect(ran.stderr).not.toContain('literally-the-secret')
    expect(ran.code).toBe(2)
    expect(under.org.calls.token.count).toBe(0)
  })

  test('a secret that is not set', async () => {
    await using under = await startOrgUnderTest({ conversations: 1 })
    const ran = await under.archive([], { env: { SHOP_CLIENT_SECRET_1: '' } })
    expect(ran.stderr).toContain('SHOP_CLIENT_SECRET_1')
    expect(ran.code).toBe(2)
    expect(under.org.calls.token.count).toBe(0)
  })
})

describe('a run that is stopped', () => {
  // One answer that never comes in time: the run is surely in its middle when the signal arrives.
  const stuck = {
    description: 'An answer that takes a minute.',
    rules: [{ match: { endpoint: 'conversation-entries', nth: 300 }, action: { type: 'delay', ms: 60_000 } }],
  } as const

  test.each(['SIGINT', 'SIGHUP', 'SIGKILL'] as const)(
    'by %s leaves nothing that looks finished',
    { timeout: 90_000 },
    async (signal) => {
      await using under = await startOrgUnderTest({ conversations: 400, scenario: stuck })
      const ran = await under.archive([], {
        onStart: async (child) => {
          await vi.waitUntil(() => under.org.calls['conversation-entries'].count >= 300, {
            timeout: 60_000,
            interval: 20,
          })
          // The launcher became Node by `exec`: this is its process.
          child.kill(signal)
        },
      })
      expect(ran.code).toBe(signal === 'SIGKILL' ? null : 130)
      // Interrupted, everything is cleared away; killed, the hidden folder stays, and nothing that looks finished.
      const left = readdirSync(under.archives)
      expect(signal === 'SIGKILL' ? left.filter((name) => !name.startsWith('.')) : left).toEqual([])

      // The next one goes on with it, and what the killed one left in the clear is gone.
      const next = await under.archive()
      expect({ code: next.code, goesOn: next.stderr.includes('It goes on') }).toEqual({ code: 0, goesOn: true })
      expect(readdirSync(under.archives)).toEqual([under.zip.split('/').at(-1)])
      expect(await compare(under, openArchive(under.zip))).toEqual(nothing)
    },
  )
})
