import { createData360TokenProvider } from '@custody/auth'
import { data360Wire, knownFields, lineageFields, objectNames } from '@custody/data360-source'
import { toInstant } from '@custody/model'
import { impatient } from '../org-under-check.ts'
import { listOf, member, type RawAnswer } from './ask.ts'
import { identifierOf } from './entries-probes.ts'
import { notTold, type Probe, type ProbeOutcome, safeWords, told } from './probe.ts'
import { type ProbedOrg, rowsOf, timeOf, wholePage } from './probed-org.ts'

/** What Data 360 holds of the same conversation. The last three share one query for one entry. */
export const data360Probes: readonly Probe[] = [
  {
    name: 'data360-object-names',
    section: 'Data 360',
    assumption: 'the four objects are called `ssot__…__dlm`',
    isSilent: false,
    calls: 1,
    run: onMetadata((objects) => {
      const found = Object.values(objectNames).map((names) => names.find((name) => objects.has(name)))
      const names = found.flatMap((name) => name ?? [])
      return told(
        found.every((name, at) => name === Object.values(objectNames)[at]?.[0]),
        { names },
      )
    }),
  },
  {
    name: 'data360-field-prefix',
    section: 'Data 360',
    assumption: 'fields bear the prefix of their object',
    isSilent: false,
    calls: 0,
    run: onEntryFields((fields, name) => {
      const prefix = name.slice(0, name.indexOf('__') + 2)
      const others = fields.filter((field) => !field.startsWith(prefix) && !lineageFields.test(bare(field)))
      return told(others.length === 0, { prefix, others: safeWords(others) })
    }),
  },
  {
    name: 'data360-entry-fields',
    section: 'Data 360',
    assumption: 'where it shows none, an entry has no field worth keeping but the known ones',
    isSilent: true,
    calls: 0,
    run: onEntryFields((fields) => {
      const known = new Set(knownFields.entry.map((field) => field.toLowerCase()))
      const unknown = fields.map(bare).filter((field) => !known.has(field.toLowerCase()) && !lineageFields.test(field))
      // Here the org shows them, so they are asked for; it matters where one does not.
      return told(unknown.length === 0, { unknown: safeWords(unknown) })
    }),
  },
  {
    name: 'data360-entry-ids',
    section: 'Data 360',
    assumption: "an entry's `Id` is the identifier that the other APIs know",
    isSilent: false,
    calls: 1,
    run: onEntryRow((row, { identifier }) =>
      told(row.id === identifier, { byExternalRecordId: row.external === identifier }),
    ),
  },
  {
    name: 'data360-conversation-ids',
    section: 'Data 360',
    assumption: '`ConversationId` names a `Conversation` (`0dw`) or a `MessagingSession` (`0Mw`)',
    isSilent: false,
    calls: 0,
    run: onEntryRow((row) => {
      const prefix = typeof row.conversation === 'string' ? row.conversation.slice(0, 3) : null
      return told(prefix === '0dw' || prefix === '0Mw', { prefix })
    }),
  },
  {
    name: 'data360-transcripted-time',
    section: 'Data 360',
    assumption: '`TranscriptedDateTime` is when the server received the entry',
    isSilent: true,
    calls: 0,
    run: onEntryRow((row, { sentAt }) => {
      const instant = toInstant(row.transcripted)
      if (instant === null) return notTold('the time names no zone')
      const apartMs = Date.parse(instant) - sentAt
      return told(apartMs === 0, { apartMs })
    }),
  },
]

interface Tenant {
  readonly origin: string
  readonly accessToken: string
  readonly headers: Readonly<Record<string, string>>
}

/** @throws CustodyError `AUTH_…` where the token is not exchanged */
async function tenantOf({ org, signedIn }: ProbedOrg): Promise<Tenant> {
  const { transport, clock, signal, config } = org
  const dataspace = config.data360?.dataspace ?? 'default'
  const tokens = createData360TokenProvider({ tokens: signedIn.tokens, dataspace, transport, clock, retry: impatient })
  const token = await tokens.token({ signal })
  const headers = { [data360Wire.v3.dataspaceHeader]: dataspace }
  return { origin: token.instanceUrl, accessToken: token.accessToken, headers }
}

// The tokens of one run are asked for once.
const tenants = new WeakMap<ProbedOrg, Promise<Tenant>>()

function tenant(probed: ProbedOrg): Promise<Tenant> {
  const known = tenants.get(probed) ?? tenantOf(probed)
  tenants.set(probed, known)
  return known
}

type Objects = ReadonlyMap<string, readonly string[]>

function onMetadata(look: (objects: Objects) => ProbeOutcome): Probe['run'] {
  return async (probed) => {
    if (probed.org.config.data360 === undefined) return notTold('data360 is not in the configuration')
    const { origin, accessToken } = await tenant(probed)
    const answer = await probed.ask({ origin, path: data360Wire.metadata.tenant, accessToken })
    const objects = new Map(listOf(member(answer.document, 'metadata')).map(objectOf))
    return objects.size === 0 ? notTold('the org shows no metadata', { status: answer.status }) : look(objects)
  }
}

function objectOf(document: unknown): readonly [string, readonly string[]] {
  const fields = listOf(member(document, 'fields')).map((field) => String(member(field, 'name')))
  return [String(member(document, 'name')), fields]
}

function onEntryFields(look: (fields: readonly string[], name: string) => ProbeOutcome): Probe['run'] {
  return onMetadata((objects) => {
    const name = objectNames.entry.find((candidate) => objects.has(candidate))
    return name === undefined ? notTold('the org shows no entries') : look(objects.get(name) ?? [], name)
  })
}

/** One entry as Data 360 has it. */
interface EntryRow {
  readonly id: unknown
  readonly external: unknown
  readonly conversation: unknown
  readonly transcripted: unknown
}

/** The same entry as the Conversation Data API has it. */
interface SameEntry {
  readonly identifier: string
  /** Epoch milliseconds. */
  readonly sentAt: number
}

const columns = ['Id', 'ExternalRecordId', 'ConversationId', 'TranscriptedDateTime'] as const

function onEntryRow(look: (row: EntryRow, same: SameEntry) => ProbeOutcome): Probe['run'] {
  return async (probed) => {
    if (probed.org.config.data360?.api !== 'v3') return notTold('the configuration does not use the V3 API of Data 360')
    const row = rowsOf(await probed.entries(wholePage))[0]
    const [identifier, sentAt] = [identifierOf(row), timeOf(row)]
    // It goes into a query as it stands.
    if (typeof identifier !== 'string' || !/^[A-Za-z0-9-]{1,80}$/.test(identifier) || sentAt === null) {
      return notTold('the Conversation Data API gave no entry to look for')
    }
    const fields = columns.map((name) => `ssot__${name}__c`)
    const is = `'${identifier}'`
    const sql = `SELECT ${fields.join(', ')} FROM ${objectNames.entry[0]} WHERE ssot__Id__c = ${is} OR ssot__ExternalRecordId__c = ${is} LIMIT 1`
    const { origin, accessToken, headers } = await tenant(probed)
    const answer = await probed.ask({ origin, path: data360Wire.v3.path, accessToken, headers, body: { sql } })
    const found = firstRow(answer, fields)
    if (found === null)
      return notTold('the query gave no row: the entry is not there yet, or runs on', { status: answer.status })
    const [id, external, conversation, transcripted] = found
    return look({ id, external, conversation, transcripted }, { identifier, sentAt })
  }
}

/** Rows come as lists, as objects by name, or as either in a member. */
function firstRow({ document }: RawAnswer, fields: readonly string[]): readonly unknown[] | null {
  const row = listOf(member(document, 'data'))[0]
  const values = member(row, 'rowData') ?? member(row, 'row') ?? row
  if (Array.isArray(values)) return values
  const byName = Object.entries(values ?? {}).map(([name, value]) => [name.toLowerCase(), value] as const)
  const found = new Map(byName)
  return found.size === 0 ? null : fields.map((field) => found.get(field.toLowerCase()))
}

function bare(field: string): string {
  return field.replace(/^(?:ssot|std)__/i, '').replace(/__c$/i, '')
}
