import { readKey } from '../config/secret.ts'
import { ledgerKey } from '../remembering/ledger-key.ts'
import { checkApiVersion } from './check-api-version.ts'
import { checkClock } from './check-clock.ts'
import { checkConversationApi } from './check-conversation-api.ts'
import { checkData360, withoutData360 } from './check-data360.ts'
import {
  checkActiveConversations,
  checkConversations,
  checkDailyCalls,
  checkObjects,
  checkPermissions,
} from './check-platform.ts'
import { checkGatewayHost, checkLoginHost } from './check-reach.ts'
import { checkArchiveSecret, checkCredentials } from './check-secrets.ts'
import { checkScopes, checkToken } from './check-sign-in.ts'
import { checkLedger, checkUnfinishedRuns } from './check-state.ts'
import type { Finding } from './finding.ts'
import type { OrgUnderCheck, SignedIn, UserUnderCheck } from './org-under-check.ts'
import { building, type Check } from './run-checks.ts'

export interface OrgChecksOptions {
  readonly stateDirectory: string
  readonly env: NodeJS.ProcessEnv
}

/** Every check of one org, in the order in which one builds on another. */
export function orgChecks(org: OrgUnderCheck, { stateDirectory, env }: OrgChecksOptions): readonly Check[] {
  const { alias, config } = org
  const [first] = org.users
  const check = (name: string, run: Check['run']): Check => ({ name, org: alias, run })
  /** A check that needs the first execution user: all but entries is asked as that one. */
  const asFirst = (name: string, run: (user: UserUnderCheck, signedIn: SignedIn) => ReturnType<Check['run']>): Check =>
    check(name, () => building(first.signIn(), `${first.name} could not sign in`, (signedIn) => run(first, signedIn)))

  return [
    check('host', () => checkLoginHost(org)),
    check('gateway-host', () =>
      building(gatewayOf(org), `${first.name} could not sign in, and apiUrl is not configured`, (address) =>
        checkGatewayHost(org, address),
      ),
    ),
    check('api-version', () => checkApiVersion(org)),
    check('credentials', async () => checkCredentials(alias, config, env)),
    ...org.users.flatMap((user) => userChecks(user, org)),
    asFirst('permissions', (user) => checkPermissions(user, org)),
    asFirst('objects', (user) => checkObjects(user, org)),
    asFirst('conversations', (user) => checkConversations(user, org)),
    config.data360 === undefined
      ? check('data360', async () => withoutData360)
      : asFirst('data360', (user, signedIn) => checkData360(user, signedIn, org, config.data360 as never)),
    asFirst('daily-calls', (user) => checkDailyCalls(user, org)),
    asFirst('active-conversations', (user) => checkActiveConversations(user, org)),
    check('clock', async () => checkClock(org.skew())),
    check('archive-secret', async () => checkArchiveSecret(alias, config, env)),
    check('ledger', () => checkLedger(stateDirectory, alias, ledgerKeyOf(org, env))),
    check('unfinished-runs', async () => checkUnfinishedRuns(stateDirectory, alias)),
  ]
}

/** What counts per execution user: each has a token of its own, and limits of its own at the gateway. */
function userChecks(user: UserUnderCheck, org: OrgUnderCheck): readonly Check[] {
  const check = (name: string, run: Check['run']): Check => ({ name, org: org.alias, subject: user.name, run })
  const signedIn = (look: (there: SignedIn) => Finding | Promise<Finding>): ReturnType<Check['run']> =>
    building(user.signIn(), 'the user could not sign in', look)
  return [
    check('sign-in', () => checkToken(user, org)),
    check('scopes', () => signedIn((there) => checkScopes(there, org))),
    check('conversation-api', () => signedIn(() => checkConversationApi(user, org))),
  ]
}

async function gatewayOf({ config, users: [first] }: OrgUnderCheck): Promise<string> {
  return config.apiUrl ?? (await first.signIn()).token.apiUrl
}

/** Undefined where there is none, or none that can be read: the check of the archive secret says so. */
function ledgerKeyOf({ alias, config }: OrgUnderCheck, env: NodeJS.ProcessEnv): Uint8Array | undefined {
  try {
    const { archiveSecret } = config
    return archiveSecret && ledgerKey(readKey(archiveSecret, `orgs.${alias}.archiveSecret`, env))
  } catch {
    return undefined
  }
}
