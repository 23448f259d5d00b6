import { HttpStatusError } from '@custody/http'
import { maskingWire } from '../assumptions.ts'
import { answerOf, type CallAnswer } from '../executing/call-answer.ts'
import type { ExecutionUser } from '../executing/execution-user.ts'
import type { TracedText } from './mask-traces.ts'

/**
 * Sends texts of one conversation, once, for the place that was taken. What the body of a 200 says is not documented, and proves
 * nothing. What is not known is `lost`.
 *
 * @throws CustodyError `HTTP_429` where the allowance of the day is used up
 */
export async function sendTexts(
  conversation: string,
  texts: readonly Pick<TracedText, 'entryId' | 'text'>[],
  { client }: ExecutionUser,
  apiVersion: string,
): Promise<CallAnswer> {
  const updates = texts.map(({ entryId, text }) => ({ [maskingWire.identifier]: entryId, [maskingWire.text]: text }))
  try {
    await client.send({
      method: 'PATCH',
      origin: 'instance',
      path: maskingWire.path(apiVersion, conversation),
      endpoint: maskingWire.endpoint,
      repeatable: false,
      body: { [maskingWire.updates]: updates },
      parse: () => undefined,
    })
    return { type: 'accepted', logId: null }
  } catch (error) {
    // Documented: the day's requests are used up. Nothing was changed, and nothing more will be today.
    if (error instanceof HttpStatusError && error.allowance === 'day') throw error
    return answerOf(error)
  }
}
