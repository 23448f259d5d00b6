import { connectWire, defaultWire, type EntriesWire } from '@custody/entries-source'
import type { OrgUnderCheck, SignedIn } from '../org-under-check.ts'
import { ask, listOf, member, type Question, type RawAnswer } from './ask.ts'
import { findTestConversation, type TestConversation } from './test-conversation.ts'

/** An org while it is probed. What several probes ask for is asked once. */
export interface ProbedOrg {
  readonly org: OrgUnderCheck
  readonly signedIn: SignedIn
  /** How many requests were made. */
  readonly calls: number
  /** One page of SOQL, as it came. */
  soql(query: string): Promise<RawAnswer>
  /** A path of the platform. */
  platform(path: string): Promise<RawAnswer>
  /** Anywhere else, with another token. */
  ask(question: Question): Promise<RawAnswer>
  /** The conversation whose entries are looked at; null where the org shows none that will do. */
  conversation(): Promise<TestConversation | null>
  /** A page of its entries by the Conversation Data API; of `conversation`, where another one is meant. */
  entries(parameters?: Parameters, conversation?: string): Promise<RawAnswer>
  /** The same by Connect REST. */
  connect(parameters?: Parameters): Promise<RawAnswer>
}

export type Parameters = Readonly<Record<string, string | number>>

/** What every probe of entries needs: all of the conversation in one page. */
export const wholePage: Parameters = { [defaultWire.parameters.recordLimit]: defaultWire.maxRecordLimit }

export function createProbedOrg(org: OrgUnderCheck, signedIn: SignedIn, wanted: string | null): ProbedOrg {
  const { token } = signedIn
  const answers = new Map<string, Promise<RawAnswer>>()
  let calls = 0
  const asked = (question: Question): Promise<RawAnswer> => {
    const { origin, path, query, body } = question
    const key = JSON.stringify([origin, path, query, body])
    const known = answers.get(key)
    if (known) return known
    calls += 1
    const answer = ask(org, question)
    answers.set(key, answer)
    return answer
  }
  const { accessToken, instanceUrl, apiUrl } = token
  const platform = (path: string, query: Parameters = {}): Promise<RawAnswer> =>
    asked({ origin: instanceUrl, path: `/services/data/v${org.config.apiVersion}/${path}`, query, accessToken })
  let conversation: Promise<TestConversation | null> | undefined
  const probed: ProbedOrg = {
    org,
    signedIn,
    get calls() {
      return calls
    },
    soql: (query) => platform('query', { q: query }),
    platform,
    ask: asked,
    conversation: () => {
      conversation ??= findTestConversation((query) => probed.soql(query), wanted)
      return conversation
    },
    async entries(parameters = {}, identifier) {
      const name = defaultWire.parameters.conversation ?? ''
      const query = { [name]: identifier ?? (await known(probed)).identifier, ...parameters }
      return await asked({ origin: apiUrl, path: defaultWire.path, query, accessToken })
    },
    async connect(parameters = {}) {
      const wire = connectWire(org.config.apiVersion)
      const path = wire.path.replace('{conversation}', encodeURIComponent((await known(probed)).identifier))
      return await asked({ origin: instanceUrl, path, query: { ...wire.query, ...parameters }, accessToken })
    },
  }
  return probed
}

/** A probe that needs a conversation where there is none: said once, where it is caught. */
export class NoConversation extends Error {}

async function known(probed: ProbedOrg): Promise<TestConversation> {
  const found = await probed.conversation()
  if (found === null) throw new NoConversation()
  return found
}

/** The rows of a page of entries, as they came. */
export function rowsOf(answer: RawAnswer, wire: EntriesWire = defaultWire): readonly unknown[] {
  return listOf(member(answer.document, wire.page.entries))
}

/** The token for the next page; null for none. */
export function nextTokenOf({ document }: RawAnswer): string | null {
  const token = member(document, defaultWire.page.nextPageToken ?? '')
  return typeof token === 'string' && token !== '' ? token : null
}

/** The server's time of a row in epoch milliseconds, seconds made so; null for none. */
export function timeOf(row: unknown, names: readonly string[] = defaultWire.serverTimestamps): number | null {
  for (const name of names) {
    const value = Number(member(row, name))
    // The same bounds as in the model.
    if (value >= 1e8) return value < 1e11 ? value * 1_000 : value
  }
  return null
}
