import { resolve } from 'node:path'
import type { Config, OrgConfig } from '../config/schema.ts'
import { readPolicy } from '../redacting/read-policy.ts'
import { standardActiveConversations } from './assumptions.ts'
import { about, type Finding, fail, failureOf, ok, warn } from './finding.ts'

/** What is allowed by the schema and is still no good idea. */
export function checkConfiguration(config: Config): readonly Finding[] {
  const orgs = Object.keys(config.orgs).length
  if (orgs === 0)
    return [fail('NO_ORG', 'The configuration names no org.', 'Add one under orgs, or begin anew: custody init')]
  const findings = [
    ...directoryFindings(config),
    ...policyFindings(config),
    ...originFindings(config),
    ...Object.entries(config.orgs).flatMap(([alias, org]) => orgFindings(alias, org)),
  ]
  return findings.length > 0 ? findings : [ok(`${orgs} ${orgs === 1 ? 'org' : 'orgs'}, nothing odd`)]
}

function directoryFindings({ archive, state }: Config): readonly Finding[] {
  const [archives, states] = [resolve(archive.directory), resolve(state.directory)]
  if (archives !== states && !archives.startsWith(`${states}/`)) return []
  const message = 'archive.directory lies in state.directory: what is to be kept beside what is only remembered.'
  return [about('archive.directory', warn('DIRECTORIES_MIXED', message, 'Give archives a directory of their own.'))]
}

function policyFindings({ archive }: Config): readonly Finding[] {
  try {
    if (archive.redaction !== undefined) readPolicy(archive.redaction)
    return []
  } catch (error) {
    return [about('archive.redaction', failureOf(error))]
  }
}

/** Two chains of one name cannot be told apart by those who verify. */
function originFindings({ orgs, seal }: Config): readonly Finding[] {
  if (seal === undefined) return []
  const byOrigin = Map.groupBy(Object.entries(orgs), ([alias, { origin }]) => origin ?? alias)
  return [...byOrigin.entries()].flatMap(([origin, sharing]) => {
    if (sharing.length === 1) return []
    const aliases = sharing.map(([alias]) => alias).join(', ')
    const message = `The orgs ${aliases} have one origin, ${origin}: their seals cannot be told apart.`
    return [
      about('origin', warn('ORIGIN_SHARED', message, 'Give each org an origin of its own before its first seal.')),
    ]
  })
}

/** The most that Salesforce allows; more only makes for refusals and waits. */
const allowed: Readonly<Partial<Record<keyof OrgConfig['limits'], number>>> = {
  entriesPerMinute: 90,
  deletesPerHour: 10,
  connectPerHour: 1_000,
  activeConversations: standardActiveConversations,
}

function orgFindings(alias: string, org: OrgConfig): readonly Finding[] {
  const limits = Object.entries(allowed).flatMap(([name, most]) => {
    const configured = org.limits[name as keyof typeof allowed]
    if (configured <= most) return []
    const message = `It is ${configured.toLocaleString('en')}; Salesforce's own is ${most.toLocaleString('en')}.`
    const action = 'Lower it, unless Salesforce raised the limit of this org.'
    return [about(`orgs.${alias}.limits.${name}`, warn('LIMIT_ABOVE_SALESFORCE', message, action))]
  })
  return [...limits, ...loginFindings(alias, org), ...poolFindings(alias, org)]
}

function loginFindings(alias: string, { loginUrl, auth }: OrgConfig): readonly Finding[] {
  const host = new URL(loginUrl).hostname
  if (auth.flow !== 'client-credentials' || !['login.salesforce.com', 'test.salesforce.com'].includes(host)) return []
  const message = `${host} does not offer client credentials.`
  const action = 'Use the My Domain address (Setup > My Domain): https://….my.salesforce.com'
  return [about(`orgs.${alias}.loginUrl`, warn('LOGIN_URL_NOT_MY_DOMAIN', message, action))]
}

/** Limits count per execution user: one that stands in the pool twice has them once. */
function poolFindings(alias: string, { auth }: OrgConfig): readonly Finding[] {
  const byClient = Map.groupBy<string, OrgConfig['auth']['users'][number]>(auth.users, (user) =>
    JSON.stringify([user.clientId, 'username' in user ? user.username : null]),
  )
  return [...byClient.values()].flatMap((sharing) => {
    if (sharing.length === 1) return []
    const names = sharing.map(({ name }) => name).join(', ')
    const message = `${names} sign in with the same credentials: they share the limits of one user.`
    return [about(`orgs.${alias}.auth.users`, warn('POOL_SHARES_USER', message, 'Give each its own app or user name.'))]
  })
}
