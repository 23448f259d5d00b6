import { decodeEntities, toInstant, toRole } from '@custody/model'
import { CustodyError } from '@custody/pipeline'
import { z } from 'zod'
import type { EntriesWire } from './wire.ts'

/** A page as it came. */
export interface WirePage {
  readonly entries: readonly unknown[]
  readonly nextPageToken: string | null
}

/**
 * Makes the reader of envelopes. `where` names the page in the error.
 *
 * @throws CustodyError `ENTRIES_PAGE_MALFORMED`
 */
export function pageReader(wire: EntriesWire): (document: unknown, where: string) => WirePage {
  const { entries, nextPageToken } = wire.page
  const schema = z.object({
    [entries]: z.array(z.unknown()),
    ...(nextPageToken !== null && { [nextPageToken]: z.string().nullish() }),
  })
  return (document, where) => {
    const result = schema.safeParse(document)
    if (!result.success) {
      const places = result.error.issues.map((issue) => issue.path.join('.') || 'the document').join(', ')
      throw new CustodyError('ENTRIES_PAGE_MALFORMED', `${where} is no page of entries: wrong at ${places}.`, {
        actions: ['Compare the answers of the org with the wire names of the entries source.'],
      })
    }
    const page: Record<string, unknown> = result.data
    return {
      entries: page[entries] as readonly unknown[],
      // An empty token leads nowhere.
      nextPageToken: nextPageToken === null ? null : (page[nextPageToken] as string | null | undefined) || null,
    }
  }
}

/** Whether an answer was no page. */
export function isPageMalformed(error: unknown): error is CustodyError {
  return CustodyError.isInstance(error) && error.code === 'ENTRIES_PAGE_MALFORMED'
}

/** An entry as it came, with what is missing left out. Only its identifier and one time are needed. */
export interface WireEntry {
  readonly identifier?: string | undefined
  readonly entryType?: string | undefined
  /** An object, or JSON as a string. */
  readonly entryPayload?: unknown
  /** What the Connect API has instead of a payload, HTML-escaped. */
  readonly messageText?: string | undefined
  readonly sender: {
    readonly role?: string | undefined
    readonly appType?: string | undefined
    readonly subject?: string | undefined
  }
  readonly senderDisplayName?: string | undefined
  readonly relatedRecords: readonly unknown[]
  readonly clientTimestamp?: unknown
  /** The server's times, the preferred one first. */
  readonly serverTimestamps: readonly unknown[]
  /** What the fields above do not carry, verbatim by its own names; null for nothing. */
  readonly extra: Readonly<Record<string, unknown>> | null
}

// What is missing or of another type is taken as absent: no entry is lost for a field nobody needs.
const string = z.string().optional().catch(undefined)

const senderFields = { role: string, appType: string, subject: string }

const entrySchema = z.object({
  identifier: z.string().min(1).optional().catch(undefined),
  entryType: string,
  entryPayload: z.unknown().optional(),
  messageText: string,
  sender: z.object(senderFields).catch({}),
  senderDisplayName: string,
  relatedRecords: z.array(z.unknown()).catch([]),
  clientTimestamp: z.unknown().optional(),
})

/** Reads one entry; null when it is no object. */
export function readEntry(value: unknown, wire: EntriesWire): WireEntry | null {
  const result = entrySchema.safeParse(value)
  if (!result.success) return null
  const raw = value as Readonly<Record<string, unknown>>
  return {
    ...result.data,
    serverTimestamps: wire.serverTimestamps.map((name) => raw[name]),
    extra: uncarried(raw, result.data, wire),
  }
}

/**
 * The fields that have no place of their own: unknown ones, and known ones of a shape that was not expected. Nulls say
 * nothing and are left out.
 */
function uncarried(
  raw: Readonly<Record<string, unknown>>,
  read: z.infer<typeof entrySchema>,
  wire: EntriesWire,
): Readonly<Record<string, unknown>> | null {
  const [serverTime] = wire.serverTimestamps.map((name) => raw[name]).filter((time) => toInstant(time) !== null)
  const isCarried = (name: string, value: unknown): boolean => {
    if (value === null || value === undefined) return true
    if (name === 'entryPayload') return true
    if (name === 'clientTimestamp') return toInstant(value) !== null
    // Of two names of one time one is enough; two times are not one.
    if (wire.serverTimestamps.includes(name)) return toInstant(value) === toInstant(serverTime)
    if (name === 'relatedRecords') return Array.isArray(value) && value.every((id) => typeof id === 'string')
    // Beside a payload it may say something else; without one it is the text, unless decoding made another one of it.
    if (name === 'messageText') {
      return typeof value === 'string' && (raw['entryPayload'] ?? null) === null && decodeEntities(value) === value
    }
    return Object.hasOwn(entrySchema.shape, name) && read[name as keyof typeof read] === value
  }
  const rest = Object.entries(raw).flatMap(([name, value]): [string, unknown][] => {
    if (name !== 'sender') return isCarried(name, value) ? [] : [[name, value]]
    const sender = uncarriedOfSender(value)
    return sender === null ? [] : [[name, sender]]
  })
  // As entries, so that a field called `__proto__` is a field.
  return rest.length === 0 ? null : Object.fromEntries(rest)
}

function uncarriedOfSender(sender: unknown): unknown {
  if (typeof sender !== 'object' || sender === null || Array.isArray(sender)) return sender ?? null
  const rest = Object.entries(sender).filter(([name, value]) => {
    if (value === null || value === undefined) return false
    if (typeof value !== 'string' || !Object.hasOwn(senderFields, name)) return true
    // A role of an unknown word is `other` in the model: the word itself would be lost.
    return name === 'role' && toRole(value) === 'other'
  })
  return rest.length === 0 ? null : Object.fromEntries(rest)
}
