import { type DeletionWire, defaultDeletionWire } from '@custody/erasure'
import type { OrgConfig } from '../config/schema.ts'

/** How the org is asked to delete: as assumed, but for what the configuration says. */
export function deletionWire({ erasure = {} }: Pick<OrgConfig, 'erasure'>): DeletionWire {
  const { idsIn, participantsParameter, conversationsParameter, doneStatuses, failedStatuses } = erasure
  const { parameters } = defaultDeletionWire
  return {
    ...defaultDeletionWire,
    parameters: {
      'end-user': participantsParameter ?? parameters['end-user'],
      conversation: conversationsParameter ?? parameters.conversation,
    },
    idsIn: idsIn ?? defaultDeletionWire.idsIn,
    doneStatuses: doneStatuses ?? defaultDeletionWire.doneStatuses,
    failedStatuses: failedStatuses ?? defaultDeletionWire.failedStatuses,
  }
}
