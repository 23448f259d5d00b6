import { type Data360Switches, defaultData360Switches } from '../data360/data360-switches.ts'
import { dmoCatalog } from '../data360/dmo-catalog.ts'
import { nothingAbsent } from '../deletion/absence.ts'
import type { Catalog } from '../sql/table.ts'
import type { Org } from '../start-emulator.ts'
import { signIn } from './client.ts'
import { smallWorld } from './small-world.ts'

/** An answer as it came. */
export interface WireAnswer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The body, where it is JSON. */
  readonly body: Readonly<Record<string, unknown>>
}

/** A plain client of Data 360, for tests: every answer as it came. */
export interface Data360TestClient {
  readonly tenantUrl: string
  tenant(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<WireAnswer>
  /** Below `/services/data/v66.0/ssot`. */
  connect(method: string, path: string, body?: unknown): Promise<WireAnswer>
}

export async function send(url: string, init: RequestInit): Promise<WireAnswer> {
  const response = await fetch(url, init)
  const text = await response.text()
  return { status: response.status, headers: response.headers, text, body: parsed(text) }
}

export async function orgToken(org: Org): Promise<string> {
  return ((await (await signIn(org)).json()) as { access_token: string }).access_token
}

export function exchange(org: Org, subject: string, fields: Record<string, string> = {}): Promise<WireAnswer> {
  return send(`${org.url}/services/a360/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'urn:salesforce:grant-type:external:cdp',
      subject_token: subject,
      subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      ...fields,
    }),
  })
}

export async function connectData360(org: Org, fields: Record<string, string> = {}): Promise<Data360TestClient> {
  const token = await orgToken(org)
  const { body } = await exchange(org, token, fields)
  const tenantUrl = String(body['instance_url'])
  const call =
    (base: string, bearer: string) =>
    (method: string, path: string, content?: unknown, headers = {}) =>
      send(base + path, {
        method,
        headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json', ...headers },
        ...(content !== undefined && { body: JSON.stringify(content) }),
      })
  return {
    tenantUrl,
    tenant: call(tenantUrl, String(body['access_token'])),
    connect: call(`${org.url}/services/data/v66.0/ssot`, token),
  }
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(text) as Readonly<Record<string, unknown>>
  } catch {
    return {}
  }
}

/** The objects of a small world, without a server. */
export function smallCatalog(conversations = 60, switches: Partial<Data360Switches> = {}): Catalog {
  const world = smallWorld(conversations, { longEntries: 120 })
  return dmoCatalog({
    world,
    switches: { ...defaultData360Switches, ...switches },
    losses: { lost: () => false },
    now: Date.UTC(2027, 0, 1),
    absent: nothingAbsent,
    appended: new Map(),
    empty: false,
  })
}
