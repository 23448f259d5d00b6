/** A parsed query. Names are kept as written; they are resolved, without regard to case, against the schema. */
export interface Query {
  readonly select: 'count' | readonly FieldPath[]
  readonly from: string
  readonly alias: string | undefined
  readonly where: Condition | undefined
  readonly orderBy: readonly Ordering[]
  readonly limit: number | undefined
  readonly offset: number
}

/** `Conversation.ConversationIdentifier` is `['Conversation', 'ConversationIdentifier']`. */
export type FieldPath = readonly string[]

export interface Ordering {
  readonly path: FieldPath
  readonly descending: boolean
  readonly nullsFirst: boolean
}

export type Operator = '=' | '!=' | '<' | '<=' | '>' | '>='

export type Condition =
  | { readonly type: 'and'; readonly operands: readonly Condition[] }
  | { readonly type: 'or'; readonly operands: readonly Condition[] }
  | { readonly type: 'not'; readonly operand: Condition }
  | { readonly type: 'compare'; readonly path: FieldPath; readonly operator: Operator; readonly value: Literal }
  | { readonly type: 'like'; readonly path: FieldPath; readonly pattern: string }
  | { readonly type: 'in'; readonly path: FieldPath; readonly negated: boolean; readonly values: readonly Literal[] }

export type Literal =
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'number'; readonly value: number }
  | { readonly type: 'boolean'; readonly value: boolean }
  /** Epoch milliseconds. */
  | { readonly type: 'datetime'; readonly value: number }
  /** `2026-10-01`. */
  | { readonly type: 'date'; readonly value: string }
  | { readonly type: 'null'; readonly value: null }
