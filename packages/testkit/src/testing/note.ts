import fc from 'fast-check'

/** The record of this package's own tests. */
export interface Note {
  readonly id: string
  readonly text: string
}

export const notes: fc.Arbitrary<Note> = fc.record({ id: fc.uuid(), text: fc.string() })

export const idOf = (note: Note): string => note.id
export const idsOf = (note: Note): readonly string[] => [note.id]
