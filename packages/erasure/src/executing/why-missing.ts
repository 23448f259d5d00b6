import { HttpStatusError, type OrgClient } from '@custody/http'
import { CustodyError } from '@custody/pipeline'
import type { AskOptions } from '../soql/read-rows.ts'
import type { Target } from '../target.ts'
import type { Control } from './control.ts'
import { look } from './look.ts'

/**
 * Which of the causes a 404 has. `gone`: there is no such record, and the control record was found in the same query. `api-off`: the
 * record is there, and the API answers 404 to whatever it is asked (switched off, another address, or its tokens). `unknown`: neither.
 */
export type WhyMissing = 'gone' | 'api-off' | 'unknown' | 'unseen'

export async function whyMissing(
  target: Pick<Target, 'kind' | 'id'>,
  control: Control | null,
  asking: AskOptions,
  /** The client of the user who got the 404. */
  user: OrgClient,
): Promise<WhyMissing> {
  const { presence } = await look(target, control, asking)
  if (presence === 'gone') return 'gone'
  if (presence === 'unknown') return 'unseen'
  return (await answersAtAll(user, asking.signal)) ? 'unknown' : 'api-off'
}

/** Asks the same API for no conversation at all: that marks none as active, and only what is not there answers 404. */
async function answersAtAll(org: OrgClient, signal: AbortSignal | undefined): Promise<boolean> {
  try {
    await org.getJson({
      origin: 'api',
      path: '/platform/engagement/v1.0/conversation-entries',
      endpoint: 'conversation-entries',
      fresh: true,
      parse: () => null,
      ...(signal && { signal }),
    })
    return true
  } catch (error) {
    if (error instanceof HttpStatusError) return error.status !== 404
    if (CustodyError.isInstance(error)) return false
    throw error
  }
}
