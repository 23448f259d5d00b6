import type { Server } from 'node:http'
import { systemClock, usageError } from '@custody/pipeline'
import { createData360State } from './data360/data360-state.ts'
import { createData360Tokens } from './data360/data360-tokens.ts'
import { Deletions } from './deletion/deletions.ts'
import { dataExport } from './exports/data-export.ts'
import { transcriptExport } from './exports/transcript-export.ts'
import { distort } from './faults/distort.ts'
import { createFaults } from './faults/faults.ts'
import { createLossBook } from './faults/lossy.ts'
import { scenarioOf } from './faults/named-scenario.ts'
import { checkData360, checkDeletion, checkLimits, checkOauth, checkSwitches, checkWorld } from './faults/scenario.ts'
import { createSchema } from './objects/schema.ts'
import type { EmulatorOptions, Org } from './org.ts'
import { orgChanges } from './org-changes.ts'
import { seedNumber } from './random.ts'
import { createActiveConversations } from './server/active-conversations.ts'
import { fileUrls } from './server/attachments-route.ts'
import { BulkJobs } from './server/bulk-jobs.ts'
import { createCallLog } from './server/calls.ts'
import { credentialsOf } from './server/credentials.ts'
import { listenAsForeigner } from './server/foreign-host.ts'
import type { Credentials, OrgState } from './server/org-state.ts'
import { Cursors } from './server/query-route.ts'
import { createRefreshTokens } from './server/refresh-tokens.ts'
import { listen } from './server/server.ts'
import { createSlidingWindow } from './server/sliding-window.ts'
import { createTokenIssuer, signingKey } from './server/tokens.ts'
import { takeSnapshot } from './snapshot.ts'
import type { Schema } from './soql/schema.ts'
import { createTruth } from './truth.ts'
import { monthOf } from './world/calendar.ts'
import { createWorld } from './world/world.ts'

export type { AppendedEntry, EmulatorOptions, Org } from './org.ts'

const hour = 3_600_000

/** The most conversations an org can have: ids and phone numbers last that far. */
const mostConversations = 4_000_000

/**
 * Starts a simulated org on 127.0.0.1.
 *
 * @throws CustodyError `EMULATOR_OPTIONS`, `EMULATOR_MONTH` for options that make no org
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Org> {
  const {
    seed = 1,
    conversations = 60,
    month = '2026-10',
    longEntries = 1_200,
    executionUsers = 1,
    months = 1,
  } = options
  const { port = 0, apiPort = 0, tenantPort = 0, clock = systemClock } = options
  requireWhole('conversations', conversations, 1, mostConversations)
  requireWhole('longEntries', longEntries, 1, 1_000_000)
  requireWhole('executionUsers', executionUsers, 1, 50)
  requireWhole('months', months, 1, 120)
  const window = monthOf(month, months)
  const scenario = scenarioOf(options.scenario)
  const switches = checkSwitches({ ...scenario.switches, ...options.switches })
  const data360 = checkData360({ ...scenario.data360, ...options.data360 })
  const limits = checkLimits({ ...scenario.limits, ...options.limits })
  const { orphanSessions = 0, ...distortions } = checkWorld({ ...scenario.world, ...options.world })
  const world = createWorld({
    seed: seedNumber(seed),
    conversations,
    month: window,
    longEntries,
    orphanSessions,
    everyChannel: distortions.everyChannel ?? false,
    sharedEveryNth: distortions.sharedEveryNth ?? 0,
    fileUrl: (entryId) => fileUrls(org)(entryId),
  })
  distort(world, distortions)
  const deletions = new Deletions(world, clock, checkDeletion({ ...scenario.deletion, ...options.deletion }))
  const sources = { executionUsers, clock, deletions }
  const schemaOf = (): Schema => createSchema(world, sources, switches)
  const refreshTokens = createRefreshTokens(executionUsers)
  const credentials = credentialsOf(executionUsers, refreshTokens)
  const calls = createCallLog()
  const active = createActiveConversations(conversations, limits.activeForMs)
  const org: OrgState = {
    world,
    schema: schemaOf(),
    deletions,
    switches,
    limits,
    clock,
    credentials,
    tokens: await createTokenIssuer({
      clock,
      lifetimeMs: limits.tokenLifetimeMs,
      format: switches.tokenFormat,
      clientId: credentials[0]?.clientId ?? '',
    }),
    oauth: checkOauth({ ...scenario.oauth, ...options.oauth }),
    refreshTokens,
    data360: createData360State(data360, createData360Tokens(clock, await signingKey(), data360.tokenLifetimeMs)),
    cursors: new Cursors(),
    calls,
    active,
    faults: createFaults(scenario.rules ?? [], world),
    emptyPages: { served: 0 },
    minuteOf: perUser(() => createSlidingWindow(60_000)),
    deletesOf: perUser(() => ({ 'end-user': createSlidingWindow(hour), conversation: createSlidingWindow(hour) })),
    connectWindowsOf: perUser(() => ({ hour: createSlidingWindow(hour), day: createSlidingWindow(24 * hour) })),
    jobs: new BulkJobs(),
    losses: createLossBook({ ...scenario.lossy, ...options.lossy }, world),
    instanceUrl: '',
    apiUrl: '',
    tenantUrl: '',
    foreignUrl: '',
  }

  const instance = await listen(org, 'instance', port)
  const api = await listen(org, 'api', apiPort).catch(async (error: unknown) => {
    await closeServer(instance.server)
    throw error
  })
  const tenant = await listen(org, 'tenant', tenantPort).catch(async (error: unknown) => {
    await Promise.all([closeServer(instance.server), closeServer(api.server)])
    throw error
  })
  const foreign = await listenAsForeigner()
  org.instanceUrl = instance.url
  org.apiUrl = api.url
  org.tenantUrl = tenant.url
  org.foreignUrl = foreign.url

  return {
    url: instance.url,
    apiUrl: api.url,
    tenantUrl: tenant.url,
    credentials: credentials[0] as Credentials,
    allCredentials: credentials,
    tokenKey: org.tokens.publicKey,
    window: { from: new Date(window.from).toISOString(), to: new Date(window.to).toISOString() },
    truth: createTruth(world, deletions),
    get calls() {
      return calls.snapshot()
    },
    get callsByUser() {
      return calls.byUser()
    },
    get foreignRequests() {
      return { ...foreign.requests }
    },
    get activeConversations() {
      const now = active.count(clock.now())
      const { activeConversations: limit } = limits
      return { now, peak: active.peak(), limit, exceeded: active.peak() > limit }
    },
    ...orgChanges(org, schemaOf),
    snapshot: () => takeSnapshot(org, createSchema(world, { ...sources, absent: () => deletions.truly() })),
    transcriptExport: (wanted) => transcriptExport(org, wanted),
    dataExport: (wanted) => dataExport(org, wanted),
    get data360() {
      return { peakConcurrency: org.data360.requests.peak, openQueries: org.data360.queries.size }
    },
    revokeTokens() {
      org.tokens.revokeAll()
      org.data360.tokens.revokeAll()
    },
    async close() {
      await Promise.all([instance, api, tenant, foreign].map(({ server }) => closeServer(server)))
    },
  }
}

/** One of a thing for each user, made when first asked for. */
function perUser<T>(make: () => T): (user: number) => T {
  const known = new Map<number, T>()
  return (user) => {
    const own = known.get(user) ?? make()
    known.set(user, own)
    return own
  }
}

async function closeServer(server: Server): Promise<void> {
  await new Promise<void>((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}

function requireWhole(name: string, value: number, least: number, most: number): void {
  if (!Number.isInteger(value) || value < least || value > most) {
    throw usageError('EMULATOR_OPTIONS', `${name} must be a whole number from ${least} to ${most}`)
  }
}
