import type { Span } from './personal-data-type.ts'

/** Finds one kind of thing in a text, in time linear in it. Finds the same in the same text, whenever it is asked. */
export interface TextDetector {
  /** Stands as {@link Span.detector} of its spans. */
  readonly name: string
  /** Spans in any order; they may overlap. */
  find(text: string): readonly Span[]
}
