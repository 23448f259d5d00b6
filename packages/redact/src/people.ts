import type { Role, Sender } from '@custody/model'
import { findSpans } from './find-spans.ts'
import { type Found, reported, wholeField } from './found.ts'
import { type Identities, isAgent } from './identities.ts'
import { normaliseName } from './names.ts'
import type { Span, SpanType } from './personal-data-type.ts'
import { tokensOf } from './phrase-matcher.ts'
import { readPlatformKey } from './platform-key.ts'
import type { FieldClass } from './policy.ts'
import type { Redactor } from './redactor.ts'
import { Remembered } from './remembered.ts'
import { isId } from './structural.ts'

const maximumPeople = 1000
const maximumName = 1000

/** Replaces the fields of one conversation that name people. */
export class People {
  readonly redactor: Redactor
  readonly identities: Identities
  readonly structuralKeys: ReadonlySet<string>
  readonly #fullNames: ReadonlySet<string>
  // The same few people stand at every entry.
  readonly #names = new Remembered<Pick<Span, 'type' | 'value'>>(maximumPeople, maximumName)
  readonly #keys = new Remembered<Pick<Span, 'type' | 'value'>>(maximumPeople, maximumName)
  readonly #keptNames = new Remembered<boolean>(maximumPeople, maximumName)

  constructor(redactor: Redactor, identities: Identities) {
    this.redactor = redactor
    this.identities = identities
    this.structuralKeys = new Set(redactor.policy.structuralKeys)
    this.#fullNames = new Set(
      identities.literals.flatMap(({ type, literal }) => (type === 'NAME' ? [normaliseName(literal)] : [])),
    )
  }

  /** A display name, by whose it is. */
  displayName(role: Role, name: string | null, report: (found: Found) => void): string | null {
    if (name === null || name === '' || this.redactor.forms.isReplacement(name)) return name
    if (role === 'end-user' || role === 'other')
      return this.field('displayName', name, () => this.valueOf(name), report)
    return isAgent(role) ? this.agentName(name, report) : this.text(name, report)
  }

  /**
   * The name of somebody who works for the organisation. Where such names are kept, a name shared with the end user is
   * replaced only when it is the whole name: else half of "Maria Gomez" would go because of a customer called Maria.
   */
  agentName(name: string, report: (found: Found) => void): string {
    if (this.redactor.policy.agents === 'redact') {
      return this.whole('AGENT', normaliseName(name), name, report)
    }
    return this.isKeptAgentName(name) ? name : this.text(name, report)
  }

  isKeptAgentName(name: string): boolean {
    if (this.redactor.policy.agents !== 'keep' || !this.identities.agentNames.has(name)) return false
    return this.#keptNames.of(name, () => !this.#fullNames.has(normaliseName(name)) && findSpans(name).length === 0)
  }

  subject(sender: Sender, report: (found: Found) => void): string | null {
    const { subject, role } = sender
    if (subject === null || subject === '' || this.redactor.forms.isReplacement(subject)) return subject
    if (role === 'end-user' || role === 'other')
      return this.field('subject', subject, () => this.#keys.of(subject, readPlatformKey), report)
    return isId(subject) ? subject : this.text(subject, report)
  }

  text(text: string, report: (found: Found) => void): string {
    const { text: rewritten, replaced } = this.redactor.rewrite(text, { identities: this.identities })
    for (const span of replaced) report(reported(span))
    return rewritten
  }

  whole(type: SpanType, value: string, original: string, report: (found: Found) => void): string {
    const replacement = this.redactor.replacementOf({ type, value, text: original }, this.identities)
    if (!replacement) return original
    report(wholeField(type, replacement.action, original.length, value))
    return replacement.text
  }

  /** What a name field holds: somebody known, a phone number or e-mail address in the place of a name, or a name. */
  valueOf(name: string): Pick<Span, 'type' | 'value'> {
    return this.#names.of(name, () => {
      const trimmed = name.trim()
      const [span] = findSpans(trimmed, { identities: this.identities })
      if (span && span.end - span.start === trimmed.length) return span
      return { type: 'NAME', value: normaliseName(name) || tokensOf(name).join(' ') || trimmed }
    })
  }

  field(
    field: FieldClass,
    original: string,
    read: () => Pick<Span, 'type' | 'value'>,
    report: (found: Found) => void,
  ): string | null {
    const rule = this.redactor.policy.fields[field]
    if (rule === 'keep') return original
    const { type, value } = read()
    if (rule === 'redact') return this.whole(type, value, original, report)
    report(wholeField(type, 'drop', original.length, value))
    return null
  }
}
