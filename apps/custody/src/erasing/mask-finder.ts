import { readEntries } from '@custody/entries-source'
import type { MaskFinder, MaskFindings, MaskUnread } from '@custody/erasure'
import type { Conversation, Entry, Json, Window } from '@custody/model'
import { CustodyError, defineSource, from, type Reject } from '@custody/pipeline'
import { chosenConversations } from '@custody/records-source'
import { type RedactOptions, redact } from '@custody/redact'
import type { OrgConnection } from '../archive-job/connect-org.ts'
import { concurrentReads } from '../archive-job/one-by-one.ts'
import { seenTo } from '../resuming/reading-client.ts'

/** So many are asked for together: what belongs to them is a handful of queries. */
const together = 50

export const anyTime: Window = { from: '1970-01-01T00:00:00.000Z', to: '9999-12-31T00:00:00.000Z' }

export interface MaskFinderOptions {
  readonly connection: Pick<OrgConnection, 'client' | 'rereading'>
  readonly apiVersion: string
  readonly redaction: Pick<RedactOptions, 'policy' | 'key' | 'tenant'>
}

/** Reads conversations from the Conversation Data API, which shows what cannot be changed as well, and redacts them without writing. */
export function createMaskFinder({ connection, apiVersion, redaction }: MaskFinderOptions): MaskFinder {
  const stage = redact(redaction)
  const asking = { org: connection.rereading, window: anyTime, activeConversations: seenTo }
  const read = readEntries({ ...asking, concurrency: concurrentReads })

  async function findIn(
    conversation: Conversation,
    notSeen: readonly string[],
    signal: AbortSignal,
  ): Promise<MaskFindings | MaskUnread> {
    const { identifier } = conversation
    const refused: string[] = []
    const whole = await read(conversation, signal, ({ code }) => refused.push(code)).catch(ofThisOne(signal))
    if (typeof whole === 'string') return { identifier, unread: codeOf(whole) }
    // An entry that was not understood may hold anything.
    if (refused[0] !== undefined) return { identifier, unread: codeOf(refused[0]) }
    const [redacted, why] = await through(whole, signal)
    if (redacted === null) return { identifier, unread: codeOf(why) }
    return findingsOf(whole, redacted, notSeen)
  }

  async function through(conversation: Conversation, signal: AbortSignal): Promise<[Conversation | null, string]> {
    const rejects: Reject[] = []
    const one = defineSource('conversation', async function* () {
      yield { records: [conversation], rejects: [] }
    })
    for await (const batch of from(one).through(stage).batches({ signal })) {
      const [redacted] = batch.records
      if (redacted !== undefined) return [redacted, '']
      rejects.push(...batch.rejects)
    }
    return [null, rejects[0]?.code ?? 'REDACTION_REFUSED']
  }

  return {
    async *find(identifiers, signal) {
      for (let start = 0; start < identifiers.length; start += together) {
        const chunk = identifiers.slice(start, start + together)
        const { conversations, rejects } = await chosenConversations(chunk, {
          org: connection.client,
          apiVersion,
          signal,
        })
        const notSeen = [...new Set(rejects.filter(isHidden).map(({ subject }) => `${subject.type}-not-visible`))]
        const found = new Map(conversations.map((each) => [each.identifier, each]))
        for (let at = 0; at < chunk.length; at += concurrentReads) {
          yield* await Promise.all(
            chunk.slice(at, at + concurrentReads).map(async (identifier) => {
              const conversation = found.get(identifier)
              return conversation === undefined
                ? { identifier, unread: 'not-found' }
                : await findIn(conversation, notSeen, signal)
            }),
          )
        }
      }
    },
  }
}

function isHidden({ code }: Pick<Reject, 'code'>): boolean {
  return code === 'OBJECT_NOT_VISIBLE'
}

/** What is one conversation's own becomes its code; everything else ends the command. */
function ofThisOne(signal: AbortSignal): (error: unknown) => string {
  return (error) => {
    signal.throwIfAborted()
    if (CustodyError.isInstance(error) && error.code.startsWith('ENTRIES_')) return error.code
    throw error
  }
}

function codeOf(code: string): string {
  return code.toLowerCase().replaceAll('_', '-')
}

function findingsOf(before: Conversation, after: Conversation, notSeen: readonly string[]): MaskFindings {
  const texts = new Map<string, string>()
  const changes: MaskFindings['changes'][number][] = []
  const [types, outOfReach] = [new Map<string, number>(), new Map<string, number>()]
  const byEntry = Map.groupBy(after.redactions, ({ entryId }) => entryId)
  for (const [index, entry] of before.entries.entries()) {
    const { entryId, text } = entry
    const found = byEntry.get(entryId) ?? []
    const masked = after.entries[index]?.text ?? null
    const canChange = isPlainText(entry)
    if (canChange && text !== null) texts.set(entryId, text)
    if (canChange && text !== null && masked !== null && masked !== text) {
      changes.push({ entryId, was: text, text: masked })
      for (const { field, type } of found) if (field === 'text') add(types, type)
    } else if (!canChange) {
      for (const type of whatIsIn(found)) add(outOfReach, type)
    }
  }
  return {
    identifier: before.identifier,
    entries: before.entries.length,
    texts,
    changes,
    types: Object.fromEntries([...types].sort()),
    outOfReach: Object.fromEntries([...outOfReach].sort()),
    notSeen,
  }
}

/**
 * Once each: what stands in a text stands in content and payload again. Who sent it is a matter of the participant's record, not of the
 * entry.
 */
function whatIsIn(found: Conversation['redactions']): readonly string[] {
  for (const place of ['text', 'content', 'payload', 'extra']) {
    const here = found.filter(({ field }) => field === place || field.startsWith(`${place}.`))
    if (here.length > 0) return here.map(({ type }) => type)
  }
  return []
}

function add(counts: Map<string, number>, type: string): void {
  counts.set(type, (counts.get(type) ?? 0) + 1)
}

/** Documented: Connect REST gives, and takes, the text of messages of static text. */
function isPlainText({ kind, content, payload }: Entry): boolean {
  if (kind !== 'message' || content !== null) return false
  const message = part(readable(payload), 'abstractMessage')
  const text = part(part(message, 'staticContent'), 'text')
  return typeof text === 'string' && part(part(message, 'staticContent'), 'formatType') === 'Text'
}

function readable(payload: Json): Json {
  if (typeof payload !== 'string') return payload
  try {
    return JSON.parse(payload) as Json
  } catch {
    return payload
  }
}

function part(value: Json | undefined, name: string): Json | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || !Object.hasOwn(value, name))
    return undefined
  return (value as Readonly<Record<string, Json>>)[name]
}
