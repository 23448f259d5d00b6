import type { Content, Entry, Json } from '@custody/model'
import { type Report, reported, wholeField } from './found.ts'
import type { JsonTexts } from './json-text.ts'
import { changed, mapChanged } from './map-changed.ts'
import { type PathRules, rulesBelow } from './path-rules.ts'
import type { People } from './people.ts'
import type { Span } from './personal-data-type.ts'
import { isId } from './structural.ts'
import { unescaped } from './unescaped.ts'
import { type Known, redactValue, type WalkOptions } from './value-walk.ts'

/** What is known around an entry. */
export interface EntryContext {
  readonly people: People
  /** The end of the message before it. */
  readonly asked: string
  /** Parts in its text of numbers that were split over messages. */
  readonly carried: readonly Span[]
  readonly jsonTexts: JsonTexts
}

/** An entry as the policy wants it; the same object when nothing was found. */
export function redactEntry(entry: Entry, { people, asked, carried, jsonTexts }: EntryContext, report: Report): Entry {
  const { redactor, identities, structuralKeys } = people
  const foundInText = new Map<string, Known>()
  const options: WalkOptions = {
    redactor,
    identities,
    structuralKeys,
    found: foundInText,
    isKept: (value) => people.isKeptAgentName(value),
    dropped: new Set(),
    carried: entry.text !== null && carried.length > 0 ? { text: unescaped(entry.text), spans: carried } : null,
    jsonTexts,
    report,
  }
  const text = textByRule(entry.text, people, report, (original) => {
    // The label counts near the beginning only, whatever the length: replacements change that, and a second run must agree.
    const { text: rewritten, replaced } = redactor.rewrite(original, { identities, before: asked, carried })
    for (const span of replaced) {
      report('text', reported(span))
      // The text has the labels that the parts lack: `Phone: 450 0840`.
      if (span.detector !== 'identity') foundInText.set(original.slice(span.start, span.end), span)
    }
    return rewritten
  })
  const { rules, policy } = redactor
  // Content is JSON of a known shape, and walking changes only strings and numbers in it.
  const content = structured('content', entry.content as unknown as Json, rules.content(entry.content?.type)) as unknown
  const payload = structured('payload', entry.payload, rules.all)
  // What nobody knows is redacted by the rule for payloads: it is of the same kind.
  const extra = structured('extra', entry.extra, rules.all)
  const sender = changed(entry.sender, {
    subject: people.subject(entry.sender, (found) => report('sender.subject', found)),
    displayName: people.displayName(entry.sender.role, entry.sender.displayName, (found) =>
      report('sender.displayName', found),
    ),
  })
  const relatedRecords = mapChanged(entry.relatedRecords, (id, index) =>
    isId(id) ? id : people.text(id, (found) => report(`relatedRecords.${index}`, found)),
  )
  return changed(entry, { text, content: content as Content | null, payload, extra, sender, relatedRecords })

  function structured(field: 'content' | 'payload' | 'extra', value: Json, all: PathRules): Json {
    if (value === null) return null
    const rule = policy.fields[field === 'content' ? 'content' : 'payload']
    const own = rulesBelow(all, field)
    if (rule === 'keep' && own.length === 0) return value
    if (rule !== 'drop' || own.length > 0) return redactValue(value, field, options, all, rule)
    report(field, wholeField('FIELD', 'drop', typeof value === 'string' ? value.length : 0, null))
    return null
  }
}

/** The text by the rule for texts. */
function textByRule(
  text: string | null,
  people: People,
  report: Report,
  redacted: (text: string) => string,
): string | null {
  const rule = people.redactor.policy.fields.text
  if (text === null || rule === 'keep') return text
  if (rule === 'redact') return redacted(text)
  report('text', wholeField('FIELD', 'drop', text.length, null))
  return null
}
