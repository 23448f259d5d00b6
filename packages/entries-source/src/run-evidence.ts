import type { Conversation } from '@custody/model'
import type { PageRequest, PagingEvidence } from './pages.ts'
import type { WirePage } from './wire-shapes.ts'

/** What one run learns about the org's paging. */
export class RunEvidence implements PagingEvidence {
  tokensWork = false
  unordered = false
  #probe: Promise<void> | null = null

  /**
   * Finds out once in a run whether the org gives page tokens: a page of one entry, asked of a conversation that holds
   * more, shows it. Without that, each conversation costs two requests more to prove its ends.
   */
  async learnTokens(conversation: Conversation, ask: (request: PageRequest) => Promise<WirePage>): Promise<void> {
    if (this.tokensWork) return
    // Whoever asked handles its failure.
    if (this.#probe) return await this.#probe.catch(() => undefined)
    if (expectedMessages(conversation) < 2) return
    this.#probe = this.#ask(ask)
    await this.#probe
  }

  async #ask(ask: (request: PageRequest) => Promise<WirePage>): Promise<void> {
    try {
      const page = await ask({ recordLimit: 1, startTimestamp: null, endTimestamp: null, pageToken: null })
      if (page.nextPageToken !== null) this.tokensWork = true
    } catch (error) {
      // This conversation could not tell: another one may.
      this.#probe = null
      throw error
    }
  }
}

/** What the sessions count; bots and events come on top. */
export function expectedMessages({ sessions }: Conversation): number {
  return sessions.reduce(
    (sum, session) => sum + (session.agentMessageCount ?? 0) + (session.endUserMessageCount ?? 0),
    0,
  )
}
