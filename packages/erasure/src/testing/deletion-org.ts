import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type EmulatorOptions, type Org, startEmulator } from '@custody/emulator'
import { createOrgClient, createTransport, type FullOrgClient, type Token, type TokenProvider } from '@custody/http'
import type { Clock } from '@custody/pipeline'
import { type ConfirmErasureOptions, type ConfirmSummary, confirmErasure } from '../confirming/confirm-erasure.ts'
import { conversationReadBack } from '../confirming/conversation-read-back.ts'
import { recordsReadBack } from '../confirming/records-read-back.ts'
import type { ErasureStore } from '../erasure-store.ts'
import { createExecutionUser, type ExecutionUser } from '../executing/execution-user.ts'
import { type RunErasureOptions, type RunSummary, runErasure } from '../executing/run-erasure.ts'
import { openErasureStore } from '../store/open-erasure-store.ts'
import type { Target } from '../target.ts'

/** A clock that stands still until it is told to move; sleeping moves it. */
export interface ManualClock extends Clock {
  advance(ms: number): void
  readonly slept: number[]
}

export function manualClock(start: number = Date.UTC(2026, 10, 21)): ManualClock {
  let now = start
  const slept: number[] = []
  return {
    slept,
    now: () => now,
    async sleep(ms, signal) {
      signal?.throwIfAborted()
      slept.push(ms)
      now += ms
      await new Promise((resolve) => setImmediate(resolve))
    },
    advance(ms) {
      now += ms
    },
  }
}

/** A simulated org and a store, with a clock that both go by. */
export interface DeletionOrg extends AsyncDisposable {
  readonly org: Org
  readonly clock: ManualClock
  readonly client: FullOrgClient
  readonly users: readonly ExecutionUser[]
  readonly directory: string
  store: ErasureStore
  /** Opens the store again, as another process would. */
  reopen(): Promise<void>
  /** End users without an open session, by their ids. */
  readonly people: readonly string[]
  /** A request with an approved plan for these records. */
  approved(reference: string, ids: readonly string[], more?: ApprovedOptions): Promise<void>
  run(options?: Partial<RunErasureOptions>): Promise<RunSummary>
  confirm(options?: Partial<ConfirmErasureOptions>): Promise<ConfirmSummary>
  /** How a target stands: state, outcome, ground. */
  standsAt(reference: string): Promise<readonly (readonly [Target['state'], Target['outcome'], Target['ground']])[]>
  acts(reference: string): Promise<readonly string[]>
  /** What holds kept from going: act, ground and hold of each time. */
  stoppedByHolds(): Promise<readonly (readonly [act: string, ground: unknown, hold: unknown])[]>
}

export interface ApprovedOptions {
  readonly kind?: Target['kind']
  readonly approve?: readonly string[]
  readonly blockers?: readonly { readonly code: string }[]
}

export async function startDeletionOrg(options: EmulatorOptions = {}): Promise<DeletionOrg> {
  const clock = manualClock()
  const org = await startEmulator({
    conversations: 24,
    longEntries: 30,
    clock,
    ...options,
    limits: { entriesPerMinute: 60_000, ...options.limits },
  })
  const transport = createTransport()
  const providers = org.allCredentials.map((_, index) => tokensOf(org, index))
  const users = providers.map((tokens, index) =>
    createExecutionUser({ name: `eraser-${index + 1}`, tokens, transport, clock, limit: 10 }),
  )
  const [first] = providers
  if (first === undefined) throw new Error('the org has no user')
  const client = createOrgClient({
    tokens: first,
    transport,
    clock,
    limits: { 'conversation-entries': null, connect: null },
  })
  const directory = mkdtempSync(join(tmpdir(), 'custody-deleting-'))
  const open = (): Promise<ErasureStore> => openErasureStore({ directory, key: new Uint8Array(32).fill(7), clock })
  const people = [...org.truth.endUsers()].map(({ recordId }) => recordId)
  for (const id of people) org.setSessions(id, 'ended')
  const under: DeletionOrg = {
    people,
    org,
    clock,
    client,
    users,
    directory,
    store: await open(),
    async reopen() {
      await under.store[Symbol.asyncDispose]()
      under.store = await open()
    },
    async approved(reference, ids, { kind = 'end-user', approve = ['dpo'], blockers = [] } = {}) {
      const { store } = under
      await store.addRequest({
        reference,
        subject: {
          endUserIds: kind === 'end-user' ? ids : [],
          contactIds: [],
          phones: ids.length === 0 ? ['+4915112345678'] : [],
          emails: [],
          platformKeys: [],
        },
        conversations: kind === 'conversation' ? ids : [],
        regime: 'gdpr',
        receivedOn: '2026-11-20',
        dueOn: '2026-12-20',
        jurisdiction: 'DE',
        note: null,
      })
      await store.setTargets(
        reference,
        ids.map((id) => ({ kind, id })),
      )
      const plan = { v: 1, request: reference, targets: ids.map((id) => ({ kind, id, blockers })) }
      const bytes = new TextEncoder().encode(JSON.stringify(plan))
      const planDigest = createHash('sha256').update(bytes).digest('hex')
      await store.savePlan(reference, planDigest, bytes)
      for (const operator of approve) await store.approve(reference, { planDigest, operator })
      await store.setState(reference, 'approved', { act: 'request-approved', operator: null, detail: {} })
    },
    run: (more = {}) => runErasure({ store: under.store, users, org: client, clock, ...more }),
    confirm: (more = {}) =>
      confirmErasure({
        store: under.store,
        sources: [recordsReadBack({ org: client }), entriesReadBack(client)],
        org: client,
        clock,
        ...more,
      }),
    async standsAt(reference) {
      return (await under.store.targets({ request: reference })).map(({ state, outcome, ground }) => [
        state,
        outcome,
        ground,
      ])
    },
    async acts(reference) {
      const acts: string[] = []
      for await (const { act } of under.store.events({ request: reference })) acts.push(act)
      return acts
    },
    async stoppedByHolds() {
      const stopped: [string, unknown, unknown][] = []
      for await (const { act, detail } of under.store.events({ holds: true })) {
        if (!act.startsWith('hold-')) stopped.push([act, detail['ground'], detail['hold'] ?? null])
      }
      return stopped
    },
    async [Symbol.asyncDispose]() {
      await under.store[Symbol.asyncDispose]()
      await client.close()
      await transport.close()
      await org.close()
      rmSync(directory, { recursive: true })
    },
  }
  return under
}

/** The Conversation Data API, as simply as it can be read. */
export function entriesReadBack(client: FullOrgClient): ReturnType<typeof conversationReadBack> {
  return conversationReadBack({
    name: 'conversation-data',
    read: (conversationIdentifier, { signal }) =>
      client.getJson({
        origin: 'api',
        path: '/platform/engagement/v1.0/conversation-entries',
        query: { conversationIdentifier, recordLimit: 1000 },
        endpoint: 'conversation-entries',
        parse: (document) =>
          (document as { conversationEntries: { sender: { subject: string } }[] }).conversationEntries.map(
            ({ sender }) => ({ subject: sender.subject }),
          ),
        signal,
      }),
  })
}

function tokensOf(org: Org, index: number): TokenProvider {
  const credentials = org.allCredentials[index]
  let current: Promise<Token> | null = null
  const signIn = async (): Promise<Token> => {
    const response = await fetch(`${org.url}/services/oauth2/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: credentials?.clientId ?? '',
        client_secret: credentials?.clientSecret ?? '',
      }),
    })
    const { access_token: accessToken } = (await response.json()) as { access_token: string }
    return { accessToken, user: `eraser-${index + 1}`, instanceUrl: org.url, apiUrl: org.apiUrl, expiresAt: null }
  }
  return {
    async token() {
      current ??= signIn()
      return await current
    },
    refused() {
      current = null
    },
  }
}
