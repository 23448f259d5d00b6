import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type EmulatorOptions, type Org, startEmulator } from '@custody/emulator'
import { type Ran, type RunOptions, runCustody } from './run-custody.ts'
import { runInProcess } from './run-program.ts'

/** A running simulated org with a folder that holds a configuration for it. */
export interface OrgUnderTest<Running extends RunningOrg = Org> extends AsyncDisposable {
  readonly org: Running
  readonly folder: string
  /** Where archives go. */
  readonly archives: string
  readonly config: string
  readonly env: Readonly<Record<string, string>>
  /** The archive of the org's window. */
  readonly zip: string
  /** `custody archive` on the org's window. */
  archive(flags?: readonly string[], options?: RunOptions): Promise<Ran>
  /** Runs a command in the test's own process, which starts faster; with options, even empty ones, in a process of its own. */
  custody(args: readonly string[], options?: RunOptions): Promise<Ran>
}

type RunningOrg = Pick<Org, 'url' | 'allCredentials' | 'window' | 'close'>

/** Entries of the longest conversation: a few pages, where a page has a hundred. The rest of a run is about as long. */
const LONG_ENTRIES = 300

/** Limits are scaled up so that no test waits for one; those that test limits set their own. */
export async function startOrgUnderTest(
  options: EmulatorOptions = {},
  entriesPerMinute = 60_000,
): Promise<OrgUnderTest> {
  return configured(
    await startEmulator({ longEntries: LONG_ENTRIES, ...options, limits: { entriesPerMinute, ...options.limits } }),
    entriesPerMinute,
  )
}

/** The same for an org that runs already. */
export function configured<Running extends RunningOrg>(org: Running, entriesPerMinute: number): OrgUnderTest<Running> {
  const folder = mkdtempSync(join(tmpdir(), 'custody-e2e-'))
  const archives = join(folder, 'archives')
  const config = join(folder, 'custody.config.yaml')
  writeFileSync(
    config,
    `version: 1
orgs:
  shop:
    loginUrl: ${org.url}
    auth:
      flow: client-credentials
      users:
${usersText(org)}
    archiveSecret: { env: SHOP_ARCHIVE_SECRET }
    data360: { api: v3 }
    limits: { entriesPerMinute: ${entriesPerMinute}, activeConversations: 100000, orgActiveConversations: 1000000 }
archive: { directory: ${archives}, redaction: default, allowCounted: true }
`,
  )
  const env = {
    ...secretsOf(org),
    SHOP_ARCHIVE_SECRET: 'the-same-key-in-every-test-of-this-project',
    CUSTODY_CONFIG: config,
  }
  const custody: OrgUnderTest<Running>['custody'] = (args, run) => {
    if (run) return runCustody(args, { cwd: folder, ...run, env: { ...env, ...run.env } })
    // The state would be kept beside the tests.
    const here = join(folder, 'here.yaml')
    const text = readFileSync(config, 'utf8')
    const isPlaced = /^state:/m.test(text)
    writeFileSync(here, isPlaced ? text : `${text}state: { directory: ${join(folder, '.custody')} }\n`)
    return runInProcess(args, { ...env, CUSTODY_CONFIG: here })
  }
  const day = (instant: string): string => instant.slice(0, 10)
  return {
    org,
    folder,
    archives,
    config,
    env,
    zip: join(archives, `shop-${day(org.window.from)}--${day(org.window.to)}.zip`),
    custody,
    archive: (flags = [], run) => custody(['archive', '--from', org.window.from, '--to', org.window.to, ...flags], run),
    async [Symbol.asyncDispose]() {
      await org.close()
      await rm(folder, { recursive: true })
    },
  }
}

/** The execution users of the configuration, one for each app of the org. */
function usersText({ allCredentials }: RunningOrg): string {
  return allCredentials
    .map(
      (_, index) => `        - name: archive-${index + 1}
          clientId: { env: SHOP_CLIENT_ID_${index + 1} }
          clientSecret: { env: SHOP_CLIENT_SECRET_${index + 1} }`,
    )
    .join('\n')
}

function secretsOf({ allCredentials }: RunningOrg): Record<string, string> {
  return Object.fromEntries(
    allCredentials.flatMap(({ clientId, clientSecret }, index) => [
      [`SHOP_CLIENT_ID_${index + 1}`, clientId],
      [`SHOP_CLIENT_SECRET_${index + 1}`, clientSecret],
    ]),
  )
}
