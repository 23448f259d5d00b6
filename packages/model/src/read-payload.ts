import type { Content } from './content.ts'
import type { EntryKind, Json } from './entry.ts'
import { toEntryKind } from './entry-kind.ts'
import { readEvent } from './event.ts'
import { isObject, toObject, toText } from './json-parts.ts'
import { isPayload, readMessage } from './message.ts'
import { parseJson } from './parse-json.ts'
import { joinPresent } from './rendering.ts'
import { words } from './words.ts'

/** What a payload means. */
export interface PayloadReading {
  readonly kind: EntryKind
  /** What a person read; null where there was nothing to read. */
  readonly text: string | null
  /** Its structure; null for plain text and for events that say nothing more. */
  readonly content: Content | null
}

/** Kinds whose payload carries words, under names that are not all documented. Of the others nobody reads anything. */
const kindsWithWords: ReadonlySet<EntryKind> = new Set<EntryKind>(['message', 'note', 'flag', 'other'])

/**
 * Reads the payload of an entry: its kind, its text, its structure. Never throws, whatever the payload is, and takes time
 * in proportion to its size. The payload itself stays what the archive keeps; this is its reading.
 *
 * The payload is an object, or that object as JSON text. Any other string is text that was sent as it stands. Strings are
 * taken verbatim; a source that escapes decodes them with {@link decodeEntities}.
 *
 * `text` has a fixed form: the caption (or the plain text), then one line for each thing shown, in the order it was shown.
 *
 * | message | lines after the caption |
 * | --- | --- |
 * | attachments | name, else URL, id, MIME type, `(attachment)` |
 * | rich link, web view, links, citations | `title - url`, then the description of the image |
 * | template | its name |
 * | buttons, quick replies, selected choices | `title - subtitle`, else the option's id |
 * | carousel | for each card `title - subtitle`, the description of its image, then its options |
 * | form | title, message, reply (each once), then for each field its label and its options |
 * | form response | title, then `label: value` for each field, then the messages of the result |
 * | anything else | every text found under a name that text stands under |
 *
 * Events have no text, apart from the words in notes, flags and the kind `other`.
 *
 * @param entryType The vendor's word, in Pascal case (`ParticipantChanged`) or upper snake case (`PARTICIPANT_CHANGED`).
 * When it is empty, the payload's own `entryType` counts. An unknown one gives kind `other`.
 */
export function readPayload(entryType: string, payload: Json): PayloadReading {
  const parsed = parsePayload(payload, kindsWithWords.has(toEntryKind(entryType)))
  const object = toObject(parsed)
  const kind = toEntryKind(entryType === '' ? (toText(object['entryType']) ?? '') : entryType)
  const carriesMessage = kind === 'message' || (kind === 'other' && isObject(object['abstractMessage']))
  const { lines, content } = carriesMessage ? readMessage(object) : readEvent(kind, object)
  const text = joinPresent(lines, '\n') ?? (kindsWithWords.has(kind) ? findWords(parsed) : null)
  return { kind, text, content }
}

function findWords(payload: Json): string | null {
  return toText(payload) ?? joinPresent(words(payload), '\n')
}

/** The payload behind its JSON text; anything else as it is, JSON that somebody may have typed included. */
function parsePayload(payload: Json, mayBeTyped: boolean): Json {
  if (typeof payload !== 'string' || !/^\s*\{/.test(payload)) return payload
  try {
    const parsed = parseJson(payload)
    return isObject(parsed) && (isPayload(parsed) || !mayBeTyped) ? parsed : payload
  } catch {
    return payload
  }
}
