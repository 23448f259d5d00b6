import type { Server } from 'node:http'
import { type Clock, systemClock, usageError } from '@custody/pipeline'
import type { Switches } from './assumptions.ts'
import { createFaults, selected } from './faults/faults.ts'
import { checkLimits, checkScenario, checkSwitches, type Scenario } from './faults/scenario.ts'
import { scenarios } from './faults/scenarios.ts'
import type { Limits } from './limits.ts'
import { createSchema } from './objects/schema.ts'
import { seedNumber } from './random.ts'
import { createActiveConversations } from './server/active-conversations.ts'
import { type Calls, createCallLog } from './server/calls.ts'
import type { Credentials, OrgState } from './server/org-state.ts'
import { Cursors } from './server/query-route.ts'
import { listen } from './server/server.ts'
import { createSlidingWindow, type SlidingWindow } from './server/sliding-window.ts'
import { createTokenIssuer } from './server/tokens.ts'
import { createTruth, type Truth } from './truth.ts'
import { monthOf } from './world/calendar.ts'
import { createWorld, type World } from './world/world.ts'

export interface EmulatorOptions {
  /** The same seed gives the same org, byte for byte. @defaultValue 1 */
  readonly seed?: number | string
  /** @defaultValue 60 */
  readonly conversations?: number
  /** The month the conversations spread over; a few run across its borders and a few lie outside. @defaultValue '2026-10' */
  readonly month?: string
  /** Entries of the longest conversations. @defaultValue 1_200 */
  readonly longEntries?: number
  /** What the org holds besides and what goes wrong: the name of a built-in scenario, or a scenario. @defaultValue 'calm' */
  readonly scenario?: string | Scenario | undefined
  /** On top of the scenario's. */
  readonly switches?: Partial<Switches>
  /** On top of the scenario's. */
  readonly limits?: Partial<Limits>
  /** How many apps, each with its own execution user and so its own limits. @defaultValue 1 */
  readonly executionUsers?: number
  /** Port of login and instance. @defaultValue 0: any */
  readonly port?: number
  /** Port of the API gateway: another origin, as at Salesforce. @defaultValue 0: any */
  readonly apiPort?: number
  /** @defaultValue `systemClock` */
  readonly clock?: Clock
}

/** A running org. */
export interface Org {
  /** Login and `instance_url`. */
  readonly url: string
  /** `api_instance_url`. */
  readonly apiUrl: string
  readonly credentials: Credentials
  /** The credentials of every execution user; the first are {@link credentials}. */
  readonly allCredentials: readonly Credentials[]
  /** The public key of the access tokens' signatures, in PEM. */
  readonly tokenKey: string
  /** The month, as ISO instants, half-open. */
  readonly window: { readonly from: string; readonly to: string }
  /** What the org holds, told without HTTP. */
  readonly truth: Truth
  /** What was asked of it so far. */
  readonly calls: Calls
  /** Conversations active now, the most there were, and what the org can hold. */
  readonly activeConversations: {
    readonly now: number
    readonly peak: number
    readonly limit: number
    readonly exceeded: boolean
  }
  /** Adds a late entry to a conversation, by identifier or index; gives the entry's identifier. */
  append(conversation: string | number, entry?: AppendedEntry): string
  /** Makes every token issued so far worthless. */
  revokeTokens(): void
  close(): Promise<void>
}

export interface AppendedEntry {
  /** @defaultValue something believable */
  readonly text?: string
  /** @defaultValue 'EndUser' */
  readonly role?: 'EndUser' | 'Agent'
  /** ISO instant. @defaultValue a second after the last entry */
  readonly sentAt?: string
}

/** The most conversations an org can have: ids and phone numbers last that far. */
const mostConversations = 4_000_000

/**
 * Starts a simulated org on 127.0.0.1.
 *
 * @throws CustodyError `EMULATOR_OPTIONS`, `EMULATOR_MONTH` for options that make no org
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Org> {
  const { seed = 1, conversations = 60, month = '2026-10', longEntries = 1_200, executionUsers = 1 } = options
  const { port = 0, apiPort = 0, clock = systemClock } = options
  requireWhole('conversations', conversations, 1, mostConversations)
  requireWhole('longEntries', longEntries, 1, 1_000_000)
  requireWhole('executionUsers', executionUsers, 1, 50)
  const window = monthOf(month)
  const scenario = scenarioOf(options.scenario)
  const switches = checkSwitches({ ...scenario.switches, ...options.switches })
  const limits = checkLimits({ ...scenario.limits, ...options.limits })
  const world = createWorld({
    seed: seedNumber(seed),
    conversations,
    month: window,
    longEntries,
    orphanSessions: scenario.world?.orphanSessions ?? 0,
  })
  distort(world, scenario)
  const credentials = Array.from({ length: executionUsers }, (_, k) => ({
    clientId: `emulator-client-${k + 1}`,
    clientSecret: `emulator-secret-${k + 1}`,
  }))
  const minutes = new Map<number, SlidingWindow>()
  const calls = createCallLog()
  const active = createActiveConversations(conversations, limits.activeForMs)
  const org: OrgState = {
    world,
    schema: createSchema(world, executionUsers),
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
    cursors: new Cursors(),
    calls,
    active,
    faults: createFaults(scenario.rules ?? [], world),
    emptyPages: { served: 0 },
    minuteOf(user) {
      const known = minutes.get(user) ?? createSlidingWindow(60_000)
      minutes.set(user, known)
      return known
    },
    instanceUrl: '',
    apiUrl: '',
  }

  const instance = await listen(org, 'instance', port)
  const api = await listen(org, 'api', apiPort).catch(async (error: unknown) => {
    await closeServer(instance.server)
    throw error
  })
  org.instanceUrl = instance.url
  org.apiUrl = api.url

  return {
    url: instance.url,
    apiUrl: api.url,
    credentials: credentials[0] as Credentials,
    allCredentials: credentials,
    tokenKey: org.tokens.publicKey,
    window: { from: new Date(window.from).toISOString(), to: new Date(window.to).toISOString() },
    truth: createTruth(world),
    get calls() {
      return calls.snapshot()
    },
    get activeConversations() {
      const now = active.count(clock.now())
      const { activeConversations: limit } = limits
      return { now, peak: active.peak(), limit, exceeded: active.peak() > limit }
    },
    append(conversation, entry = {}) {
      const index = typeof conversation === 'number' ? conversation : (world.indexOf(conversation) ?? -1)
      const step = world.append(index, {
        text: entry.text,
        role: entry.role,
        at: entry.sentAt === undefined ? undefined : Date.parse(entry.sentAt),
      })
      return world.entry(index, step).entryId
    },
    revokeTokens: () => org.tokens.revokeAll(),
    async close() {
      await Promise.all([closeServer(instance.server), closeServer(api.server)])
    },
  }
}

function scenarioOf(scenario: string | Scenario = 'calm'): Scenario {
  if (typeof scenario !== 'string') return checkScenario(scenario)
  const known = Object.hasOwn(scenarios, scenario) ? scenarios[scenario] : undefined
  if (known) return known
  throw usageError(
    'EMULATOR_OPTIONS',
    'There is no built-in scenario of this name.',
    `Use one of ${Object.keys(scenarios).join(', ')}.`,
  )
}

/** Makes the world what the scenario says it is. */
function distort(world: World, { world: distortions = {} }: Scenario): void {
  for (const { conversation, agentMessages = 0, endUserMessages = 0 } of distortions.missing ?? []) {
    const index = selected(world, conversation)
    if (index !== undefined) world.claimMore(index, { agent: agentMessages, endUser: endUserMessages })
  }
  for (const conversation of distortions.ties ?? []) {
    const index = selected(world, conversation)
    if (index !== undefined) world.tie(index)
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
