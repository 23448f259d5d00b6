import { createExecutionUser, type ErasureRunEvent, type ExecutionUser } from '@custody/erasure'
import type { Clock } from '@custody/pipeline'
import type { OrgConnection } from '../archive-job/connect-org.ts'
import type { OrgConfig } from '../config/schema.ts'

/** Those who delete and mask, each with the limits that the configuration keeps to. */
export function executionUsers(
  { users }: Pick<OrgConnection, 'users'>,
  { limits }: Pick<OrgConfig, 'limits'>,
  clock: Clock,
  onEvent: (event: ErasureRunEvent) => void,
): readonly ExecutionUser[] {
  return users.map((user) =>
    createExecutionUser({
      ...user,
      clock,
      limit: limits.deletesPerHour,
      connectPerHour: limits.connectPerHour,
      onWait: (name, waitMs) => onEvent({ type: 'deletion-wait', user: name, waitMs }),
    }),
  )
}
