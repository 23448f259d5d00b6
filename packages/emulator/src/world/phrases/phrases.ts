/** What customers write about. */
export const topics = ['delivery', 'return', 'payment', 'product', 'account'] as const

export type Topic = (typeof topics)[number]

/** What agents ask for and customers give. */
export const details = ['order', 'phone', 'email', 'name', 'card', 'iban', 'address'] as const

export type Detail = (typeof details)[number]

/**
 * What is said in one language. Slots: `{name}` `{first}` `{phone}` `{email}` `{card}` `{iban}` `{address}` of the
 * customer, `{order}` `{product}` `{amount}` `{city}` of the matter, `{agent}` who answers.
 */
export interface Phrases {
  readonly bot: { readonly hello: string; readonly menu: string; readonly handover: string }
  readonly topics: Readonly<
    Record<Topic, { readonly title: string; readonly open: readonly string[]; readonly answer: readonly string[] }>
  >
  readonly hello: readonly string[]
  readonly ask: Readonly<Record<Detail, string>>
  readonly give: Readonly<Record<Detail, readonly string[]>>
  readonly customer: readonly string[]
  readonly agent: readonly string[]
  readonly thanks: readonly string[]
  readonly bye: readonly string[]
  readonly late: string
  readonly note: string
  readonly form: { readonly title: string; readonly name: string; readonly email: string; readonly phone: string }
  readonly products: readonly string[]
}
