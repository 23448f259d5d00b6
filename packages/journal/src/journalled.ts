import type { JsonRequest, OrgClient } from '@custody/http'
import { usageError } from '@custody/pipeline'
import type { Journal } from './journal.ts'
import { type AnswerScope, requestId } from './request-id.ts'
import { decodeAnswer, encodeAnswer, type StoredAnswer } from './stored-answer.ts'

/** Which calls are answered from a journal and kept in it. */
export interface JournalledOptions extends AnswerScope {
  /** Which requests are looked up and kept; all others go to the org as if there were no journal. */
  readonly matches: (request: JsonRequest<unknown>) => boolean
  /**
   * Makes the document of a body, from the org and from the journal alike, where the request brings nothing of its own: that
   * of the wrapped client.
   */
  readonly parseJson: (text: string) => unknown
  readonly onEvent?: (event: JournalEvent) => void
}

/** `answer-replay`: it came from the journal, the org was not asked. `answer-keep`: the org gave it, and it is kept now. */
export interface JournalEvent {
  readonly type: 'answer-replay' | 'answer-keep'
  readonly endpoint: string
  /** As it stands in the journal: compressed. */
  readonly bytes: number
}

/**
 * A client that asks the org only for what is not in the journal yet, or has to be `fresh`: that answer takes the place of the one
 * before. What `parse` sees of an answer is the same either way;
 * an answer that it accepted is durable before it is given on. `send` and downloads are those of the wrapped client.
 *
 * A call ends with the journal's error when its answer cannot be kept: such a run could not be resumed.
 *
 * @throws CustodyError `JOURNAL_OPTIONS` (usage); from its calls also `JOURNAL_CLIENT` (usage) when the wrapped client does
 * not hand the body to the request's `parseJson`.
 */
export function journalled<Client extends OrgClient>(
  client: Client,
  journal: Pick<Journal, 'get' | 'put'>,
  options: JournalledOptions,
): Client {
  const { org, apiVersion, matches, parseJson, onEvent } = options
  if (org === '' || apiVersion === '') {
    throw usageError('JOURNAL_OPTIONS', 'journalled: org and apiVersion must not be empty.')
  }

  const documentOf = (request: JsonRequest<unknown>, text: string): unknown => (request.parseJson ?? parseJson)(text)

  async function replay<T>(request: JsonRequest<T>, bytes: Uint8Array): Promise<T> {
    const { text, status, headers } = await decodeAnswer(bytes)
    request.signal?.throwIfAborted()
    onEvent?.({ type: 'answer-replay', endpoint: request.endpoint, bytes: bytes.length })
    return request.parse(text === '' ? null : documentOf(request, text), { status, headers })
  }

  async function ask<T>(request: JsonRequest<T>, id: string): Promise<T> {
    let received: { readonly text: string; readonly document: unknown } | undefined
    let accepted: StoredAnswer | undefined
    const asked: JsonRequest<T> = {
      ...request,
      parseJson(text) {
        const document = documentOf(request, text)
        received = { text, document }
        return document
      },
      parse(document, answer) {
        // An answer without content (204) has no text to parse.
        const body = received ?? (answer.status === 200 ? undefined : { text: '', document: null })
        if (!Object.is(body?.document, document)) throw bodyUnseen(request.endpoint)
        const value = request.parse(document, answer)
        accepted = { ...answer, text: body?.text ?? '' }
        return value
      },
    }
    const value = await client.getJson(asked)
    if (!accepted) throw bodyUnseen(request.endpoint)
    const bytes = await encodeAnswer(accepted)
    await journal.put(id, bytes)
    onEvent?.({ type: 'answer-keep', endpoint: request.endpoint, bytes: bytes.length })
    return value
  }

  return {
    ...client,
    async getJson<T>(request: JsonRequest<T>): Promise<T> {
      if (!matches(request)) return await client.getJson(request)
      request.signal?.throwIfAborted()
      const id = requestId({ org, apiVersion }, request)
      const kept = request.fresh ? null : await journal.get(id)
      return kept ? await replay(request, kept) : await ask(request, id)
    },
  }
}

function bodyUnseen(endpoint: string) {
  return usageError(
    'JOURNAL_CLIENT',
    `${endpoint}: the client that is journalled did not make the document by the request's own parseJson.`,
    'Journal a client of createOrgClient or createOrgPool.',
  )
}
