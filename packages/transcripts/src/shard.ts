import type { ConversationRow, ShownConversation } from './page-data.ts'

const SHARD_BYTES = 1024 * 1024
const SHARD_CONVERSATIONS = 500

/** JSON that can stand in a script element: nothing in it ends the element, or begins another. */
export function scriptJson(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c')
}

/** Conversations as JSON, gathered until they are worth a block. */
export class Shard {
  #rows: string[] = []
  #conversations: string[] = []
  #bytes = 0

  /** How many bytes it takes in the page. */
  add(row: ConversationRow, conversation: ShownConversation): number {
    const [rowText, text] = [scriptJson(row), scriptJson(conversation)]
    const bytes = Buffer.byteLength(rowText) + Buffer.byteLength(text)
    this.#rows.push(rowText)
    this.#conversations.push(text)
    this.#bytes += bytes
    return bytes
  }

  removeLast(): void {
    this.#rows.pop()
    this.#conversations.pop()
  }

  isFull(): boolean {
    return this.#bytes >= SHARD_BYTES || this.#rows.length >= SHARD_CONVERSATIONS
  }

  /** What it holds; it is empty afterwards. */
  take(): { readonly rows: readonly string[]; readonly conversations: readonly string[] } {
    const taken = { rows: this.#rows, conversations: this.#conversations }
    this.#rows = []
    this.#conversations = []
    this.#bytes = 0
    return taken
  }
}
