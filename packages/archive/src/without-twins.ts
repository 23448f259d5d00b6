import type { Conversation } from '@custody/model'
import { defineStage, type Reject, type Stage } from '@custody/pipeline'
import { IdentifierSet } from './identifier-set.ts'
import { isOfWindow } from './reconciliation-report.ts'

/**
 * Refuses conversations whose identifier came before, as the archive does, for what stands between reading and the archive: other threads,
 * that do not know of each other, and a ledger, that would hold them for archived.
 */
export function withoutTwins(): Stage<Conversation, Conversation> {
  return defineStage('twins', async function* (source) {
    const seen = new IdentifierSet()
    for await (const batch of source) {
      const twins: Conversation[] = []
      const records = batch.records.filter((one) => {
        const isTwin = isOfWindow(one) && !seen.add(one.identifier)
        if (isTwin) twins.push(one)
        return !isTwin
      })
      yield { ...batch, records, rejects: [...batch.rejects, ...twins.map(identifierTwice)] }
    }
  })
}

/** Entries are asked for by identifier: of two conversations that share one, nobody can tell whose they are. */
export function identifierTwice({ identifier, recordId }: Conversation): Reject {
  return {
    stage: 'archive',
    code: 'CONVERSATION_IDENTIFIER_TWICE',
    subject: { type: 'Conversation', id: identifier },
    message: `The record ${recordId ?? 'without an id'} has the identifier of another conversation in this archive.`,
  }
}
