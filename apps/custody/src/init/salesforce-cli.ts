import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { CustodyError, usageError } from '@custody/pipeline'
import { z } from 'zod'
import { addressProblem, aliasFor, tidyAddress, toAlias } from './answers.ts'

/** Runs a program and gives what it printed. Rejects where it is not there, or failed. */
export type RunCommand = (program: string, args: readonly string[]) => Promise<string>

const execute = promisify(execFile)

export const runCommand: RunCommand = async (program, args) => {
  const { stdout } = await execute(program, [...args], { timeout: 30_000, maxBuffer: 16 * 2 ** 20 })
  return stdout
}

/** An org somebody signed in to with the Salesforce CLI: its name and address, and nothing else of it. */
export interface KnownOrg {
  readonly alias: string
  readonly loginUrl: string
}

// Only these two are ever looked at: the list holds tokens and user names besides.
const orgSchema = z.object({ alias: z.string().optional().catch(undefined), instanceUrl: z.string() })
const listSchema = z.object({ result: z.record(z.string(), z.array(z.unknown()).catch([])) })

/**
 * The orgs that the Salesforce CLI knows. No token is read, kept or printed.
 *
 * @throws CustodyError `SALESFORCE_CLI` where `sf` is not installed or does not answer
 */
export async function knownOrgs(run: RunCommand = runCommand): Promise<readonly KnownOrg[]> {
  let printed: string
  try {
    // Whether they can be reached now is of no interest.
    printed = await run('sf', ['org', 'list', '--json', '--skip-connection-status'])
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    throw cliError(code === 'ENOENT' ? 'sf is not installed, or not on the PATH' : 'sf org list failed')
  }
  const orgs = parseOrgList(printed)
  if (orgs === null) throw cliError('sf org list printed something that is no list of orgs')
  return orgs
}

/** Pure. Null for what is no list of orgs. */
export function parseOrgList(printed: string): readonly KnownOrg[] | null {
  let document: unknown
  try {
    document = JSON.parse(printed)
  } catch {
    return null
  }
  const list = listSchema.safeParse(document)
  if (!list.success) return null
  const byAddress = new Map<string, KnownOrg>()
  // The same org may stand under several headings.
  for (const entry of Object.values(list.data.result).flat()) {
    const org = orgSchema.safeParse(entry)
    if (!org.success) continue
    const loginUrl = tidyAddress(org.data.instanceUrl)
    if (addressProblem(loginUrl) !== undefined || byAddress.has(loginUrl)) continue
    // An org with several aliases has them in one word.
    const alias = toAlias(org.data.alias?.split(',')[0] ?? '') ?? aliasFor(loginUrl)
    byAddress.set(loginUrl, { alias, loginUrl })
  }
  return [...byAddress.values()]
}

/** The org of an alias, or the only one there is. @throws CustodyError `SALESFORCE_CLI_ORG` (usage) */
export function chooseKnownOrg(orgs: readonly KnownOrg[], alias: string | null): KnownOrg {
  const found =
    alias === null ? (orgs.length === 1 ? orgs[0] : undefined) : orgs.find((org) => org.alias === toAlias(alias))
  if (found) return found
  const what =
    alias === null ? `The Salesforce CLI knows ${orgs.length} orgs` : 'The Salesforce CLI knows no org of that alias'
  const known = orgs.map((org) => org.alias).join(', ')
  throw usageError(
    'SALESFORCE_CLI_ORG',
    `${what}.`,
    orgs.length === 0 ? 'Give the address yourself: --login-url' : `Say which: --from-sf ALIAS, one of ${known}.`,
  )
}

function cliError(what: string): CustodyError {
  return new CustodyError('SALESFORCE_CLI', `The orgs of the Salesforce CLI cannot be taken over: ${what}.`, {
    actions: ['Give the address yourself: --login-url https://acme.my.salesforce.com'],
  })
}
