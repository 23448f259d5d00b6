import { defaultWire } from '@custody/entries-source'
import { toEntryKind, toRole } from '@custody/model'
import { listOf, member } from './ask.ts'
import { identifierOf, onWhole } from './entries-probes.ts'
import { doesNotHold, holds, notTold, type Probe, safeWords, told } from './probe.ts'
import { timeOf } from './probed-org.ts'

/** Fields of an entry that have a place of their own in an archive. */
const knownFields: ReadonlySet<string> = new Set([
  'identifier',
  'entryType',
  'entryPayload',
  'messageText',
  'sender',
  'senderDisplayName',
  'relatedRecords',
  'clientTimestamp',
  ...defaultWire.serverTimestamps,
])

/** What entries look like. Nothing of what they say leaves a probe. */
export const contentProbes: readonly Probe[] = [
  {
    name: 'server-times',
    section: 'Entries',
    assumption: "`transcriptedTimestamp` and `serverReceivedTimestamp` are two names of the server's time",
    isSilent: false,
    calls: 0,
    run: onWhole((rows) => {
      const names = defaultWire.serverTimestamps
      const seen = names.filter((name) => rows.some((row) => timeOf(row, [name]) !== null))
      const without = rows.filter((row) => timeOf(row) === null).length
      const apart = rows.filter((row) => new Set(names.flatMap((name) => timeOf(row, [name]) ?? [])).size > 1).length
      return told(without === 0 && apart === 0, { seen, without, apart })
    }),
  },
  {
    name: 'order-of-entries',
    section: 'Entries',
    assumption: 'order means nothing',
    isSilent: false,
    calls: 0,
    run: onWhole((rows) => {
      const times = rows.flatMap((row) => timeOf(row) ?? [])
      const ascends = times.every((time, at) => at === 0 || time >= (times[at - 1] as number))
      const descends = times.every((time, at) => at === 0 || time <= (times[at - 1] as number))
      // Whatever it is, nothing relies on it.
      return holds({ order: ascends ? 'ascending' : descends ? 'descending' : 'none' })
    }),
  },
  {
    name: 'identifiers-unique',
    section: 'Entries',
    assumption: '`identifier` is unique in its conversation',
    isSilent: false,
    calls: 0,
    run: onWhole((rows) => {
      const distinct = new Set(rows.map(identifierOf)).size
      return told(distinct === rows.length, { entries: rows.length, distinct })
    }),
  },
  {
    name: 'payload-type',
    section: 'Entries',
    assumption: '`entryPayload` is an object or that object as a string',
    isSilent: false,
    calls: 0,
    run: onWhole((rows) => {
      const types = [...new Set(rows.map((row) => typeOf(member(row, 'entryPayload'))))].sort()
      return told(
        types.every((type) => type === 'object' || type === 'JSON as a string'),
        { types },
      )
    }),
  },
  {
    name: 'entry-fields',
    section: 'Entries',
    assumption: 'beside the payload, an entry holds identifier, type, times, sender, display name',
    isSilent: false,
    calls: 0,
    run: onWhole((rows) => {
      const fields = safeWords(rows.flatMap((row) => Object.keys(row ?? {})))
      const unknown = fields.filter((field) => !knownFields.has(field))
      return told(unknown.length === 0, { fields, unknown })
    }),
  },
  {
    name: 'sender-names',
    section: 'Entries',
    assumption: '`senderDisplayName` may be there',
    isSilent: false,
    calls: 0,
    run: onWhole((rows) => {
      const named = rows.filter((row) => typeof member(row, 'senderDisplayName') === 'string').length
      return told(named > 0, { named, entries: rows.length })
    }),
  },
  {
    name: 'roles',
    section: 'Payloads',
    assumption: 'the words for roles',
    isSilent: false,
    calls: 0,
    run: onWhole((rows) => {
      const words = safeWords(rows.map((row) => member(member(row, 'sender'), 'role')))
      return told(
        words.every((word) => toRole(word) !== 'other'),
        { words },
      )
    }),
  },
  {
    name: 'entry-types',
    section: 'Payloads',
    assumption: 'the words for entry types',
    isSilent: false,
    calls: 0,
    run: onWhole((rows) => {
      const words = safeWords(rows.map((row) => member(row, 'entryType')))
      return told(
        words.every((word) => toEntryKind(word) !== 'other'),
        { words },
      )
    }),
  },
  {
    name: 'time-units',
    section: 'Payloads',
    assumption: 'numbers from 1e8 are seconds, from 1e11 milliseconds since 1970',
    isSilent: false,
    calls: 0,
    run: onWhole((rows, { org }) => {
      const names = [...defaultWire.serverTimestamps, 'clientTimestamp']
      const times = names.flatMap((name) => rows.flatMap((row) => timeOf(row, [name]) ?? []))
      const odd = times.filter((time) => time < Date.UTC(2010, 0) || time > org.clock.now() + 86_400_000).length
      const raw = rows.flatMap((row) => names.map((name) => Number(member(row, name)))).filter((value) => value > 0)
      const units = [...new Set(raw.map((value) => (value < 1e11 ? 'seconds' : 'milliseconds')))].sort()
      return times.length === 0 ? doesNotHold({ odd, units }) : told(odd === 0, { odd, units })
    }),
  },
  {
    name: 'record-id-lengths',
    section: 'Payloads',
    assumption: '15 and 18 characters are two forms of one record id',
    isSilent: false,
    calls: 0,
    run: onWhole((rows) => {
      const ids = rows.flatMap((row) => listOf(member(row, 'relatedRecords'))).map(String)
      const lengths = [...new Set(ids.map((id) => String(id.length)))].sort()
      if (ids.length === 0) return notTold('no entry names a related record')
      return told(
        ids.every((id) => /^(?:[A-Za-z0-9]{15}|[A-Za-z0-9]{18}|[0-9a-f-]{36})$/.test(id)),
        { lengths },
      )
    }),
  },
  {
    name: 'attachment-hosts',
    section: 'Attachments',
    assumption: "addresses lie on the org's own hosts, and its token is accepted there",
    isSilent: false,
    calls: 0,
    run: onWhole((rows, { org, signedIn }) => {
      const { instanceUrl, apiUrl } = signedIn.token
      const own = new Set([instanceUrl, apiUrl, ...org.config.attachments.origins].map((url) => new URL(url).origin))
      const addresses = rows.flatMap((row) => attachmentUrls(payloadOf(member(row, 'entryPayload'))))
      const elsewhere = addresses.filter((url) => !own.has(new URL(url, instanceUrl).origin)).length
      if (addresses.length === 0) return notTold('the conversation has no attachments')
      return told(elsewhere === 0, { attachments: addresses.length, elsewhere })
    }),
  },
]

function typeOf(payload: unknown): string {
  if (typeof payload === 'string') return payloadOf(payload) === null ? 'string' : 'JSON as a string'
  return Array.isArray(payload) ? 'array' : payload === null ? 'null' : typeof payload
}

/** The payload as an object; null where it is none. */
export function payloadOf(payload: unknown): object | null {
  if (typeof payload !== 'string') return typeof payload === 'object' ? payload : null
  try {
    const parsed: unknown = JSON.parse(payload)
    return typeof parsed === 'object' ? parsed : null
  } catch {
    return null
  }
}

function attachmentUrls(payload: object | null): readonly string[] {
  const content = member(member(payload, 'abstractMessage'), 'staticContent')
  return listOf(member(content, 'attachments'))
    .map((attachment) => member(attachment, 'url'))
    .filter((url) => typeof url === 'string' && URL.canParse(url)) as string[]
}
