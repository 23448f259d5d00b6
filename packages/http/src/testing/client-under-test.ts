import { type FakeClock, fakeClock } from '@custody/testkit'
import { createOrgClient, type FullOrgClient, type OrgClientOptions } from '../create-org-client.ts'
import type { HttpEvent } from '../http-event.ts'
import { fakeTokens } from './fake-tokens.ts'
import { fakeTransport } from './fake-transport.ts'

/** A client with all that it is given made up: answers, time, tokens, chance. */
export interface ClientUnderTest {
  readonly client: FullOrgClient
  readonly clock: FakeClock
  readonly tokens: ReturnType<typeof fakeTokens>
  readonly transport: ReturnType<typeof fakeTransport>
  /** What it told, in order. */
  readonly events: readonly HttpEvent[]
}

export function clientUnderTest(
  replies: Parameters<typeof fakeTransport>[0],
  options: Partial<OrgClientOptions> = {},
): ClientUnderTest {
  const clock = fakeClock()
  const tokens = fakeTokens()
  const transport = fakeTransport(replies)
  const events: HttpEvent[] = []
  const client = createOrgClient({
    tokens,
    transport,
    clock,
    random: () => 0.5,
    onEvent: (event) => events.push(event),
    ...options,
  })
  return { client, clock, tokens, transport, events }
}
