import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Sight } from '../deletion/deletion-switches.ts'
import type { TranscriptExportOptions } from '../exports/transcript-export.ts'
import type { Org } from '../start-emulator.ts'
import type { TestClient } from './client.ts'
import { walkConnect } from './connect-client.ts'
import { connectData360 } from './data360-client.ts'
import { readZip } from './read-zip.ts'

/** An object, and what of it is asked for. */
const asked = {
  MessagingEndUser: 'Id, Name, MessagingPlatformKey',
  Conversation: 'Id, ConversationIdentifier',
  MessagingSession: 'Id, MessagingEndUserId, ConversationId, PreviewDetails',
  ConversationParticipant: 'Id, ConversationId, ParticipantEntityId, ParticipantKey, ParticipantDisplayName',
  VoiceCall: 'Id, EndUserId, ConversationId',
  MessagingSessionMetrics: 'Id, MessagingSessionId',
  ContentDocumentLink: 'Id, LinkedEntityId',
  ContentVersion: 'Id, FirstPublishLocationId',
} as const

const dmos = {
  Conversation: ['Id', 'ExternalRecordId'],
  ConversationEntry: ['Id', 'ConversationId', 'EngagementParticipantId', 'PayloadText'],
  EngagementChannelParticipant: [
    'Id',
    'ConversationId',
    'MessagingSessionId',
    'ParticipantId',
    'ParticipantDisplayName',
  ],
  EngagementParticipantAppRole: ['Id', 'SubjectName'],
  MessagingSession: ['Id', 'ConversationId'],
} as const

export interface Served {
  readonly sight: Sight
  /** Of the conversations that are asked for one by one. */
  readonly identifiers: readonly string[]
  /** Whether by every way there is through this sight, or by the quickest. @defaultValue 'quick' */
  readonly how?: 'thorough' | 'quick'
}

/** Everything the org serves through one sight, as one text. */
export async function everythingServed(
  org: Org,
  client: TestClient,
  { sight, identifiers, how = 'quick' }: Served,
): Promise<string> {
  switch (sight) {
    case 'records':
      return JSON.stringify([
        await Promise.all(queries.map((soql) => client.rows(soql))),
        how === 'quick' ? [] : await bulk(org, client),
      ])
    case 'conversation-data':
      return JSON.stringify(await Promise.all(identifiers.map((id) => entriesOf(client, id))))
    case 'connect':
      return JSON.stringify(
        await Promise.all(identifiers.map((id) => walkConnect(org, client, id, 1_000).catch(() => []))),
      )
    case 'data360':
      return data360(org)
    case 'transcript-export':
      return transcripts(org, how === 'quick' ? ['ndjson'] : ['csv', 'ndjson', 'nested-zip'])
  }
}

const queries = Object.entries(asked).map(([object, fields]) => `SELECT ${fields} FROM ${object}`)

async function entriesOf(client: TestClient, identifier: string): Promise<unknown> {
  const { status, text } = await client.entries(identifier, { recordLimit: '1000' })
  return status === 200 ? text : status
}

async function bulk(org: Org, { authorization }: TestClient): Promise<string> {
  const url = `${org.url}/services/data/v66.0/jobs/query`
  const texts = await Promise.all(
    queries.map(async (query) => {
      const body = JSON.stringify({ operation: 'query', query })
      const created = await fetch(url, { method: 'POST', headers: { authorization }, body })
      const { id } = (await created.json()) as { id: string }
      for (let state = ''; state !== 'JobComplete'; ) {
        state = ((await (await fetch(`${url}/${id}`, { headers: { authorization } })).json()) as { state: string })
          .state
      }
      return (await fetch(`${url}/${id}/results`, { headers: { authorization } })).text()
    }),
  )
  return texts.join('\n')
}

async function data360(org: Org): Promise<string> {
  const client = await connectData360(org)
  const tables = Object.entries(dmos).map(([name, fields]) => {
    const sql = `SELECT ${fields.map((field) => `ssot__${field}__c`).join()} FROM ssot__${name}__dlm`
    return client.tenant('POST', '/api/v2/query', { sql })
  })
  return (await Promise.all(tables)).map(({ text }) => text).join('\n')
}

async function transcripts(org: Org, layouts: readonly TranscriptExportOptions['layout'][]): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), 'emulator-served-'))
  try {
    const texts: string[] = []
    for (const layout of layouts) {
      for (const path of await org.transcriptExport({ layout, directory: join(directory, layout) })) {
        for (const [name, bytes] of readZip(readFileSync(path))) texts.push(...textsOf(name, bytes))
      }
    }
    return texts.join('\n')
  } finally {
    rmSync(directory, { recursive: true })
  }
}

function textsOf(name: string, bytes: Buffer): readonly string[] {
  if (!name.endsWith('.zip')) return [bytes.toString()]
  return Array.from(readZip(bytes).values(), (inner) => inner.toString('utf16le'))
}
