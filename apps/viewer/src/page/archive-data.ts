import type {
  ConversationRow,
  Finding,
  PageEnd,
  PageFacts,
  RedactionCounts,
  ShownConversation,
} from '@custody/transcripts/page-data'

/** Shards that stay parsed: going to and fro is quick, and memory does not grow with what was looked at. */
const PARSED_MAX = 8

/** The archive, as it stands in the page. Rows are read at once, conversations when somebody asks for them. */
export class ArchiveData {
  readonly facts: PageFacts
  readonly end: PageEnd
  readonly rows: readonly ConversationRow[]
  /** By number of the conversation. */
  readonly findings: ReadonlyMap<number, readonly Finding[]>
  readonly redactions: ReadonlyMap<number, RedactionCounts['types']>
  readonly #shards: readonly Element[]
  /** Number of the first conversation of each shard. */
  readonly #firsts: readonly number[]
  readonly #parsed = new Map<number, readonly ShownConversation[]>()

  constructor(page: ParentNode) {
    const parts = (name: string): Element[] => [...page.querySelectorAll(`script[data-part="${name}"]`)]
    const only = <T>(name: string): T => {
      const [block] = parts(name)
      if (block === undefined) throw new Error(`the page has no ${name}: it was cut off`)
      return parsed<T>(block)
    }
    this.facts = only('facts')
    this.end = only('end')
    const rows = parts('rows').map((block) => parsed<ConversationRow[]>(block))
    this.rows = rows.flat()
    this.#shards = parts('conversations')
    let first = 0
    this.#firsts = rows.map(({ length }) => {
      first += length
      return first - length
    })
    this.findings = Map.groupBy(
      parts('findings').flatMap((block) => parsed<Finding[]>(block)),
      ({ conversation }) => conversation,
    )
    this.redactions = new Map(
      parts('redactions')
        .flatMap((block) => parsed<RedactionCounts[]>(block))
        .map(({ conversation, types }) => [conversation, types]),
    )
  }

  conversation(number: number): ShownConversation {
    const shard = this.#firsts.findLastIndex((first) => first <= number)
    const found = this.shard(shard).conversations[number - (this.#firsts[shard] ?? 0)]
    if (found === undefined) throw new RangeError(`the page has no conversation ${number}`)
    return found
  }

  get shards(): number {
    return this.#shards.length
  }

  /** Conversations that stand together in the page. */
  shard(index: number): { readonly first: number; readonly conversations: readonly ShownConversation[] } {
    const block = this.#shards[index]
    let conversations = this.#parsed.get(index)
    if (conversations === undefined && block !== undefined) {
      conversations = parsed<ShownConversation[]>(block)
      const [oldest] = this.#parsed.keys()
      if (this.#parsed.size >= PARSED_MAX && oldest !== undefined) this.#parsed.delete(oldest)
    } else this.#parsed.delete(index)
    this.#parsed.set(index, conversations ?? [])
    return { first: this.#firsts[index] ?? 0, conversations: conversations ?? [] }
  }
}

function parsed<T>(block: Element): T {
  return JSON.parse(block.textContent ?? '') as T
}
