import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { verify } from '@custody/archive'
import { scenarios, startEmulator } from '@custody/emulator'
import { initKey } from '@custody/keys'
import { defaultPolicy } from '@custody/redact'
import type { CommandContext } from '../command-context.ts'
import type { DemoFlags } from '../commands/demo.ts'
import { oneOf } from '../config/effective.ts'
import { parseConfig } from '../config/load.ts'
import { type ExitCode, exitCodes } from '../exit-code.ts'
import { shellWord } from '../shell-word.ts'
import type { ArchiveJob } from './archive-job.ts'
import { exitCodeOfArchive } from './run-archive-command.ts'
import { createRunId } from './run-id.ts'
import { runWatched } from './run-watched.ts'

// The demo's limits are scaled up so that nobody waits for one; the real ones stand in config/schema.ts.
const demoEntriesPerMinute = 60_000

/** Runs `custody demo`: the whole main job against the built-in org, then the verification. */
export async function runDemo(flags: DemoFlags, context: CommandContext): Promise<ExitCode> {
  const console = context.console(flags)
  const { clock, signal } = context
  const scenario = scenarios[oneOf(flags.scenario, Object.keys(scenarios), '--scenario')]
  const keys = await mkdtemp(join(tmpdir(), 'custody-demo-'))
  const { fingerprint, publicKey } = await initKey({ directory: join(keys, 'keys'), clock })
  const org = await startEmulator({
    conversations: flags.conversations,
    scenario,
    limits: { entriesPerMinute: demoEntriesPerMinute },
  })
  try {
    console.talk(`A simulated org of ${flags.conversations} conversations listens at ${org.url}.`)
    if (scenario) console.talk(`On the way: ${scenario.description}`)
    const env = {
      DEMO_CLIENT_ID: org.credentials.clientId,
      DEMO_CLIENT_SECRET: org.credentials.clientSecret,
      DEMO_ARCHIVE_SECRET: randomBytes(32).toString('hex'),
    }
    const job = demoJob(flags, org, createRunId(clock), keys)
    const { result } = await runWatched(job, { source: job.asked, config: '' }, { clock, env, signal }, console)

    const report = await verify(result.path, { signal, trustedKeys: [publicKey] })
    const { findings, ...counts } = report
    console.event({ type: 'archive-verified', archive: result.path, ...counts, findings: findings.length })
    console.talk(
      `  verified: ${report.files} files, ${findings.length === 0 ? `every hash agrees, sealed by ${fingerprint}` : `${findings.length} findings`}`,
    )
    console.talk('')
    console.talk('The archive, and how to check it without Custody:')
    console.data(result.path)
    for (const line of checkingCommands(result.path)) console.talk(`  ${line}`)
    console.talk(
      `What it holds and proves, for people: ${near(join(result.path.replace(/\.zip$/, ''), 'report.html'))}`,
    )
    console.talk(`To read it in a browser: custody view ${shellWord(near(result.path))}`)
    return findings.length > 0 ? exitCodes.findings : exitCodeOfArchive(job, result)
  } finally {
    await org.close()
    await rm(keys, { recursive: true })
  }
}

function demoJob(
  flags: DemoFlags,
  org: Awaited<ReturnType<typeof startEmulator>>,
  runId: string,
  state: string,
): ArchiveJob {
  const config = parseConfig(demoConfig(org.url, state, runId), 'the demo configuration')
  const demo = config.orgs['demo']
  if (!demo) throw new Error('the demo configuration lost its org')
  return {
    runId,
    config,
    orgAlias: 'demo',
    org: demo,
    window: org.window,
    asked: 'conversation-data',
    source: 'conversation-data',
    parts: [],
    witnesses: ['data360'],
    fallback: null,
    exportFiles: [],
    mapping: null,
    exportedAt: null,
    legacyChats: false,
    archive: { ...config.archive, directory: flags.out, formats: ['jsonl', 'csv', 'html'], redaction: 'default' },
    policy: defaultPolicy,
    key: randomBytes(32),
    limit: null,
    scratch: flags.out,
    attachments: false,
    amends: null,
    replace: true,
    replaceSealed: true,
    allowEmpty: false,
  }
}

// Each run makes a key and begins a chain of its own: nothing of it is kept but the archive.
function demoConfig(url: string, state: string, runId: string): string {
  return `version: 1
seal: { keys: ${JSON.stringify(join(state, 'keys'))} }
state: { directory: ${JSON.stringify(join(state, 'state'))} }
orgs:
  demo:
    origin: demo/${runId}
    loginUrl: ${url}
    auth:
      flow: client-credentials
      users:
        - name: demo-1
          clientId: { env: DEMO_CLIENT_ID }
          clientSecret: { env: DEMO_CLIENT_SECRET }
    archiveSecret: { env: DEMO_ARCHIVE_SECRET }
    data360: { api: v3 }
    limits: { entriesPerMinute: ${demoEntriesPerMinute}, activeConversations: 100000, orgActiveConversations: 1000000 }
`
}

/** The three commands that check a ZIP archive on any machine with Info-ZIP and coreutils. */
function checkingCommands(path: string): readonly string[] {
  const file = near(path)
  const folder = file.replace(/\.zip$/, '')
  return [
    `unzip -t ${shellWord(file)}`,
    `unzip -qo ${shellWord(file)} -d ${shellWord(dirname(file))}`,
    `cd ${shellWord(folder)} && sha256sum -c --quiet *manifest-sha256.txt && echo all hashes agree`,
  ]
}

/** As whoever typed the command would name it. */
function near(path: string): string {
  const nearby = relative('.', path)
  return nearby.startsWith('..') ? path : nearby
}
