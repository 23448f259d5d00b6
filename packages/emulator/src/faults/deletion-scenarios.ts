import { sights } from '../deletion/deletion-switches.ts'
import type { FaultAction, Scenario } from './scenario.ts'

const hour = 3_600_000

const onDelete = { endpoint: 'delete-participants' } as const

function third(description: string, action: FaultAction): Scenario {
  return { description, rules: [{ match: { ...onDelete, nth: 3 }, action }] }
}

/**
 * What can go wrong with deleting end users. Apart from the others, which are about reading: an `outcome` would be that of an archive.
 */
export const deletionScenarios: Readonly<Record<string, Scenario>> = {
  'deletion-slow': {
    description: 'Deletions take ten minutes from the answer to the end.',
    deletion: { delayMs: 600_000 },
  },
  'deletion-answer-lost': third('The connection is reset after the third request was carried out.', {
    type: 'reset',
    when: 'before-headers',
  }),
  'deletion-unavailable': third('503 for the third request, which is not carried out.', {
    type: 'status',
    status: 503,
  }),
  'deletion-carried-out-503': third('503 for the third request, although it is carried out.', {
    type: 'status',
    status: 503,
    carriedOut: true,
  }),
  'deletion-token-revoked': third('All tokens are revoked before the third request: 404, as for an unknown id.', {
    type: 'revoke-tokens',
  }),
  'deletion-does-nothing': {
    description: 'Deletions are accepted and logged as done, and nothing is gone.',
    deletion: { effect: 'nothing' },
  },
  'deletion-blind': {
    description: 'Nothing is deleted, and afterwards nothing at all is found: no record, and no control.',
    deletion: { effect: 'nothing', blind: [...sights] },
  },
  'deletion-fails': {
    description: 'Every third deletion is accepted and fails.',
    deletion: { failEveryNth: 3 },
  },
  'deletion-stuck-log': {
    description: 'Deletions are carried out, and the log never says so.',
    deletion: { log: 'stuck' },
  },
  'deletion-no-log': {
    description: 'Deletions are carried out; the answer names no log entries, and there are none.',
    deletion: { log: 'absent', answerBody: 'no-logs' },
  },
  'deletion-false-log': {
    description: 'Deletions are carried out, and the log says that they failed.',
    deletion: { log: 'failed' },
  },
  'deletion-reappears': {
    description: 'What was deleted is back in Data 360 and in transcript exports after a day.',
    deletion: { reappearsAfterMs: { data360: 24 * hour, 'transcript-export': 24 * hour } },
  },
  'deletion-kept-in-data360': {
    description: 'Data 360 never loses what was deleted.',
    deletion: { keeps: ['data360'] },
  },
  'deletion-in-body': {
    description: 'Ids go in the body, under other names, and conversations by their record ids alone.',
    deletion: {
      idsIn: 'body',
      participantsParameter: 'participantIds',
      conversationsParameter: 'ids',
      conversationIdForm: 'record-id',
    },
  },
  'deletion-other-words': {
    description: 'The log calls how deletions stand by other words.',
    deletion: { statuses: { running: 'InProgress', done: 'Success', failed: 'Error' } },
  },
  'deletion-not-permitted': {
    description: 'The execution user may not delete: 403.',
    deletion: { refusedUsers: [0] },
  },
  'deletion-government-cloud': {
    description: 'An org on Government Cloud: there is no deletion.',
    deletion: { governmentCloud: true },
  },
}
