import type { LabelledText } from './labelled-text.ts'

/** What redactors are measured with. */
export interface EvaluationData {
  readonly labelled: readonly LabelledSet[]
  readonly clean: readonly { readonly name: string; readonly texts: readonly string[] }[]
  readonly chats: readonly Chat[]
}

export interface LabelledSet {
  readonly name: string
  readonly texts: readonly LabelledText[]
}

/** A line of a chat with somebody whose contact record is known. */
export interface Chat {
  readonly text: string
  readonly template: string
  readonly person: PersonName
}

export interface PersonName {
  readonly first: string
  readonly last: string
  /** As the record has it. */
  readonly full: string
}

/** Each template with each name. */
export function fillTemplates(templates: readonly string[], people: readonly PersonName[]): readonly Chat[] {
  return templates.flatMap((template) =>
    people.map((person) => ({ template, person, text: template.replaceAll('{{Name}}', () => person.full) })),
  )
}
