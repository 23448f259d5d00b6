import { CustodyError, usageError } from '@custody/pipeline'
import type { DeletionSwitches } from './deletion/deletion-switches.ts'
import { logId } from './deletion/log-entry.ts'
import { createFaults } from './faults/faults.ts'
import { checkDeletion } from './faults/scenario.ts'
import { conversationOfEntry, recordId, recordNumber } from './ids.ts'
import type { DeletionRequest, Org } from './org.ts'
import type { OrgState } from './server/org-state.ts'
import type { Step } from './world/script.ts'
import { staticText } from './world/static-text.ts'

/** What can be done to a running org from outside. `remake`: its objects, once what they are made from is another. */
export function orgChanges(
  org: OrgState,
  remake: () => OrgState['schema'],
): Pick<Org, 'append' | 'edit' | 'remove' | 'setFaults' | 'setSessions' | 'deletion'> {
  const { world, deletions } = org
  return {
    append(conversation, entry = {}) {
      const index = typeof conversation === 'number' ? conversation : (world.indexOf(conversation) ?? -1)
      const step = world.append(deletions.truly().conversation(index) ? -1 : index, {
        text: entry.text,
        role: entry.role,
        at: entry.sentAt === undefined ? undefined : Date.parse(entry.sentAt),
      })
      return world.entry(index, step).entryId
    },
    edit(entryId, text) {
      const { index, step } = placeOf(org, entryId)
      if (staticText(world.entry(index, step).payload) === undefined)
        throw noSuchEntry('It is no message of plain text.')
      world.rewrite(index, step, text)
    },
    remove(entryId) {
      const { index, step } = placeOf(org, entryId)
      world.remove(index, step)
    },
    setFaults(rules) {
      org.faults = createFaults(rules, world)
    },
    setSessions(endUserId, state) {
      const row = recordNumber('MessagingEndUser', endUserId)
      if (row === undefined || !world.isEndUser(row)) {
        throw usageError('EMULATOR_OPTIONS', 'There is no end user of this id in the simulated org.')
      }
      const { own } = world.conversationsOf(row)
      for (const index of state === 'open' ? own.slice(-1) : own) world.setSessions(index, state)
    },
    deletion: {
      get requests() {
        return deletions.accepted.map(
          (one): DeletionRequest => ({
            logId: logId(one),
            kind: one.kind,
            recordId: one.recordId,
            user: recordId('User', one.user),
            requestedAt: new Date(one.requestedAt).toISOString(),
            completesAt: new Date(one.completesAt).toISOString(),
            fate: one.fate,
          }),
        )
      },
      set(change: Partial<DeletionSwitches>) {
        deletions.switches = checkDeletion(change, deletions.switches)
        org.schema = remake()
      },
    },
  }
}

function placeOf({ world, deletions }: OrgState, entryId: string): { readonly index: number; readonly step: Step } {
  const index = conversationOfEntry(world.seed, entryId)
  const isKnown = index !== undefined && index < world.conversations
  const step = isKnown
    ? world.conversation(index).steps.find((one) => world.entryId(index, one) === entryId)
    : undefined
  if (index === undefined || step === undefined || deletions.truly().entry(index, step)) {
    throw noSuchEntry('There is no such entry in the simulated org.')
  }
  return { index, step }
}

function noSuchEntry(message: string): CustodyError<'EMULATOR_ENTRY'> {
  return new CustodyError('EMULATOR_ENTRY', message, { kind: 'not-found' })
}
