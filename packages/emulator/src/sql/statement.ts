/** A SELECT as it was written. */
export interface Select {
  readonly items: readonly SelectItem[]
  readonly from: TableReference
  readonly joins: readonly Join[]
  readonly where: Expression | undefined
  readonly groupBy: readonly Expression[]
  readonly orderBy: readonly OrderItem[]
  readonly limit: number | undefined
  readonly offset: number
}

export interface SelectItem {
  readonly expression: Expression
  readonly alias: Name | undefined
  /** The expression as it was written. */
  readonly text: string
}

export interface TableReference {
  readonly name: Name
  readonly alias: Name | undefined
}

export interface Join {
  readonly kind: 'left' | 'inner'
  readonly table: TableReference
  readonly on: Expression
}

export interface OrderItem {
  readonly expression: Expression
  readonly descending: boolean
  readonly nullsFirst: boolean
}

/** A name of a table or column; quoted ones mean exactly what they say. */
export interface Name {
  readonly text: string
  readonly quoted: boolean
  readonly at: number
}

export type ComparisonOperator = '=' | '<>' | '<' | '<=' | '>' | '>='

export type Literal = string | number | boolean | null

export type Expression =
  | { readonly type: 'literal'; readonly value: Literal; readonly at: number }
  | { readonly type: 'column'; readonly table: Name | undefined; readonly name: Name }
  | {
      readonly type: 'comparison'
      readonly operator: ComparisonOperator
      readonly left: Expression
      readonly right: Expression
      readonly at: number
    }
  | { readonly type: 'distinct'; readonly left: Expression; readonly right: Expression; readonly negated: boolean }
  | { readonly type: 'and' | 'or'; readonly operands: readonly Expression[] }
  | { readonly type: 'not'; readonly operand: Expression }
  | { readonly type: 'is-null'; readonly operand: Expression; readonly negated: boolean }
  | { readonly type: 'in-list'; readonly operand: Expression; readonly list: readonly Expression[] }
  | { readonly type: 'in-query'; readonly operand: Expression; readonly query: Select; readonly at: number }
  | { readonly type: 'coalesce'; readonly operands: readonly Expression[] }
  | { readonly type: 'timestamp'; readonly operand: Expression; readonly at: number }
  | {
      readonly type: 'aggregate'
      readonly aggregate: 'count' | 'min' | 'max'
      readonly operand: Expression | undefined
      readonly distinct: boolean
    }
