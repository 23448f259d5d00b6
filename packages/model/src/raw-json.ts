import type { Json } from './entry.ts'

/** A number kept as the text it was written in, made by `JSON.rawJSON`. `JSON.stringify` writes it verbatim. */
export interface RawJson {
  readonly rawJSON: string
}

/** What the reviver is told besides key and value: for a primitive, the text it was written as. */
export interface ReviverContext {
  readonly source?: string
}

// TypeScript's library does not know "JSON.parse source text access" (ECMAScript 2026; Node >= 21) yet.
const json = JSON as unknown as {
  parse(text: string, reviver: (key: string, value: unknown, context: ReviverContext) => unknown): Json
  rawJSON(text: string): RawJson & { readonly [key: string]: Json }
  isRawJSON(value: unknown): value is RawJson
}

/**
 * Whether a value is a number that {@link parseJson} kept as text. Whoever copies JSON values must pass such a value on
 * as it is: a copy of it (`{ ...value }`) would be written as an object.
 */
export const isRawJson: (value: unknown) => value is RawJson = json.isRawJSON

export const toRawJson: (text: string) => Json = json.rawJSON

export const parseWithSource: typeof json.parse = json.parse
