import { HttpStatusError } from '@custody/http'
import type { Blocker } from '../erasure-plan.ts'
import { governmentInstance } from '../soql/assumptions.ts'
import { ifVisible } from '../soql/not-visible.ts'
import { type AskOptions, rowsOf } from '../soql/read-rows.ts'

/** How the deletion API is reached, and how it is found out whether it answers. */
export interface DeletionApiOptions extends AskOptions {
  /** What the gateway answers to a question that changes nothing and names no conversation: its status. */
  readonly probe: () => Promise<number>
}

/**
 * What stands against any deletion in this org, before one is sent. That the API may delete, and this user, shows in its answer alone.
 *
 * @throws what the client throws
 */
export async function checkDeletionApi({ probe, ...options }: DeletionApiOptions): Promise<readonly Blocker[]> {
  const blockers: Blocker[] = []
  const organizations = await ifVisible(rowsOf('Organization', ['InstanceName'], ["Id != ''"], options))
  if ((organizations ?? []).some((row) => governmentInstance.test(row.text('InstanceName') ?? ''))) {
    blockers.push({ code: 'government-cloud', detail: null })
  }
  const status = await statusOf(probe)
  if (status === 404) blockers.push({ code: 'api-off', detail: '404' })
  if (status === 401 || status === 403) blockers.push({ code: 'permission', detail: String(status) })
  return blockers
}

/** The answer's status where the client takes it for an error too. */
async function statusOf(probe: () => Promise<number>): Promise<number> {
  try {
    return await probe()
  } catch (error) {
    if (error instanceof HttpStatusError && error.status < 500) return error.status
    throw error
  }
}
