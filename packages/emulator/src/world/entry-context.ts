import type { Outline } from './outline.ts'
import type { Person } from './people.ts'
import type { Step } from './script.ts'
import type { Planted } from './text.ts'

/** An entry's type and payload as the API delivers them, and the personal data that stands in them. */
export interface Payload {
  readonly entryType: string
  readonly payload: unknown
  readonly planted: readonly Planted[]
}

/** Everything a payload is made from. */
export interface EntryContext {
  readonly seed: number
  readonly outline: Outline
  readonly person: Person
  readonly step: Step
  readonly fileUrl: FileUrl
}

/** Where the file of an entry can be had. */
export type FileUrl = (entryId: string) => string
