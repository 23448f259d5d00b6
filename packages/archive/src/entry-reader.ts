import type { Conversation, EntrySource } from '@custody/model'
import type { Reject } from '@custody/pipeline'

/** A way to the entries of conversations that the census names, other than the one the run reads by. */
export interface EntryReader {
  readonly source: EntrySource
  /**
   * What it holds of each of these conversations, in their order: the conversation with `entries` and `delivered` of this
   * source; `absent` when it holds nothing of it; `failed` when it could not be asked. Throws what is not about single
   * conversations.
   */
  read(conversations: readonly Conversation[], context: ReadContext): Promise<readonly Reading[]>
  /** After the last {@link read}: the conversations it holds that nobody asked for. */
  rest?(context: ReadContext): AsyncIterable<Conversation>
}

/** What a reader made of one conversation: its entries with it, nothing there, or no answer. */
export type Reading = Conversation | 'absent' | 'failed'

/** What a reader of entries is given with each conversation. */
export interface ReadContext {
  readonly signal: AbortSignal
  /** Told of entries, or whole conversations, that could not be had or understood. */
  readonly onReject: (reject: Omit<Reject, 'stage'>) => void
}
