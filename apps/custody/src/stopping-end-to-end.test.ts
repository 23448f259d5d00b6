import type { ChildProcess } from 'node:child_process'
import { appendFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { EmulatorOptions, FaultMatch, FaultRule } from '@custody/emulator'
import { expect, test } from 'vitest'
import { openArchive } from './testing/opened-archive.ts'
import { type OrgUnderTest, startOrgUnderTest } from './testing/org-under-test.ts'
import { runInProcess } from './testing/run-program.ts'

/** So long a run may take to end once it is told to. */
const withinMs = 5_000
/** One that does not is killed: then the test says so, instead of only taking too long. */
const killAfterMs = 30_000

/** Stops a run once the moment has come. Gives how long it took to end, and what it said. */
async function stopped(
  under: OrgUnderTest,
  hasCome: () => boolean,
): Promise<{ code: number | null; ms: number; stderr: string }> {
  let stoppedAt = 0
  const { code, stderr } = await under.archive([], {
    onStart: async (child: ChildProcess) => {
      // One that is killed by somebody else has no exit code.
      while (child.exitCode === null && child.signalCode === null && !hasCome()) await sleep(5)
      stoppedAt = performance.now()
      child.kill('SIGTERM')
      setTimeout(() => child.kill('SIGKILL'), killAfterMs).unref()
    },
  })
  return { code, ms: performance.now() - stoppedAt, stderr }
}

/** What stands in a folder under a name that is no hidden one. */
const visible = (folder: string): readonly string[] =>
  existsSync(folder) ? readdirSync(folder).filter((name) => !name.startsWith('.')) : []

const hidden = (folder: string): readonly string[] =>
  existsSync(folder) ? readdirSync(folder).filter((name) => name.startsWith('.')) : []

/** One answer that does not come before the run is stopped. */
const slowly = (match: FaultMatch): FaultRule => ({ match, action: { type: 'delay', ms: 30_000 } })

/** An authority that takes every request and never answers. */
async function silentAuthority(): Promise<{ readonly url: string; readonly asked: () => boolean; close(): void }> {
  let asked = false
  const server = createServer(() => {
    asked = true
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    asked: () => asked,
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

interface Stop {
  readonly while: string
  readonly emulator: EmulatorOptions
  readonly entriesPerMinute?: number
  readonly moment: (under: OrgUnderTest) => boolean
  /** Whether the rest of the run takes no longer than a test may. */
  readonly goesOn: boolean
}

const entriesAsked = (under: OrgUnderTest): number => under.org.calls['conversation-entries'].count

const stops: readonly Stop[] = [
  {
    while: 'entries come slowly',
    emulator: {
      conversations: 30,
      scenario: {
        // One for each lane.
        rules: [15, 16, 17, 18, 19, 20, 21, 22].map((nth) => slowly({ endpoint: 'conversation-entries', nth })),
      },
    },
    moment: (under) => entriesAsked(under) >= 22,
    goesOn: true,
  },
  {
    while: 'signing in takes long',
    emulator: { scenario: { rules: [slowly({ endpoint: 'token' })] } },
    moment: ({ org }) => org.calls.token.count > 0,
    goesOn: true,
  },
  {
    while: 'the census is asked for',
    emulator: { scenario: { rules: [slowly({ endpoint: 'query', nth: 4 })] } },
    moment: ({ org }) => org.calls.query.count >= 4,
    goesOn: true,
  },
  {
    while: 'a limit holds calls back',
    emulator: { conversations: 40 },
    entriesPerMinute: 12,
    moment: (under) => entriesAsked(under) >= 12,
    goesOn: false,
  },
  {
    while: 'the server asked for a pause',
    emulator: {
      scenario: {
        rules: [
          {
            match: { endpoint: 'conversation-entries', nth: 4 },
            action: { type: 'status', status: 429, retryAfterSeconds: 600 },
          },
        ],
      },
    },
    moment: (under) => entriesAsked(under) >= 4,
    goesOn: false,
  },
  {
    while: 'a large ZIP is packed',
    // So large that packing it takes some tenths of a second.
    emulator: { conversations: 400, longEntries: 20_000 },
    moment: ({ archives }) => hidden(archives).some((name) => name.includes('.zip.partial')),
    goesOn: true,
  },
]

// The one below has all of it; these have further moments.
test.runIf(process.env['SLOW']).each(stops)(
  'SIGTERM while $while: the run ends within seconds, leaves nothing half-written, and goes on later',
  { timeout: 240_000 },
  async ({ emulator, entriesPerMinute, moment, goesOn }) => {
    await using under = await startOrgUnderTest({ conversations: 12, longEntries: 200, ...emulator }, entriesPerMinute)
    const { code, ms, stderr } = await stopped(under, () => moment(under))
    expect({ code, stderr: code === 130 ? '' : stderr }).toEqual({ code: 130, stderr: '' })
    expect(ms).toBeLessThan(withinMs)
    expect([visible(under.archives), hidden(under.archives)]).toEqual([[], []])
    if (!goesOn) return
    const [, run] = stderr.match(/--resume (\S+)/) ?? []
    const done = await (run === undefined ? under.archive() : under.custody(['archive', '--resume', run]))
    expect({ code: done.code, stderr: done.code === 0 ? '' : done.stderr }).toEqual({ code: 0, stderr: '' })
    const elsewhere = join(under.folder, 'undisturbed')
    expect((await under.archive(['--out', elsewhere])).code).toBe(0)
    const [name = ''] = visible(elsewhere)
    expect(openArchive(under.zip).file('manifest-sha256.txt')).toBe(
      openArchive(join(elsewhere, name)).file('manifest-sha256.txt'),
    )
  },
)

test('SIGTERM while a time authority does not answer: nothing is sealed, and the chain goes on later', {
  timeout: 120_000,
}, async () => {
  const authority = await silentAuthority()
  try {
    await using under = await startOrgUnderTest({ conversations: 12, longEntries: 200 })
    const keys = join(under.folder, 'keys')
    const state = join(under.folder, 'state')
    const seal = `seal: { keys: ${keys}, timestamp: { url: '${authority.url}' } }`
    appendFileSync(under.config, `${seal}\nstate: { directory: ${state} }\n`)
    expect((await runInProcess(['keys', 'init', '--config', under.config], under.env)).code).toBe(0)
    const { code, ms } = await stopped(under, authority.asked)
    expect(code).toBe(130)
    expect(ms).toBeLessThan(withinMs)
    expect([visible(under.archives), hidden(under.archives)]).toEqual([[], []])
    authority.close()
    // No authority any more: the seal says that it bears no time, and so does the exit code.
    const { from, to } = under.org.window
    const again = await runInProcess(['archive', '--from', from, '--to', to, '--config', under.config], under.env)
    expect(again).toMatchObject({ code: 3, stderr: expect.stringMatching(/It goes on: \d+ answers/) })
    const checked = await runInProcess(['verify', '--chain', under.archives, '--key', join(keys, 'signing-key.pub')])
    expect({ code: checked.code, stdout: checked.code === 0 ? '' : checked.stdout }).toEqual({ code: 0, stdout: '' })
    // The same but for the audit log, which tells that it was stopped.
    const elsewhere = join(under.folder, 'undisturbed')
    const apart = join(under.folder, 'apart.yaml')
    writeFileSync(
      apart,
      readFileSync(under.config, 'utf8')
        .replace(/^seal: .*$/m, '')
        .replace(/^state: .*$/m, `state: { directory: ${elsewhere}-state }`),
    )
    const flags = ['--from', from, '--to', to, '--out', elsewhere, '--config', apart]
    expect((await runInProcess(['archive', ...flags], under.env)).code).toBe(0)
    const [name = ''] = visible(elsewhere)
    expect(openArchive(under.zip).file('manifest-sha256.txt')).toBe(
      openArchive(join(elsewhere, name)).file('manifest-sha256.txt'),
    )
  } finally {
    authority.close()
  }
})
