import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { readConversations, type VanishedEntry } from '@custody/archive'
import type { Amendment, Ledger } from '@custody/ledger'
import { identifierOf } from '../remembering/entry-seen.ts'

type Names = { readonly conversation: string; readonly entryId: string }

/**
 * The entries of a run that Salesforce no longer has, by the names that the archives know which have them: the ledger has keyed hashes
 * only. Where an archive is not at hand any more, they stay without.
 */
export async function* vanishedEntries(
  ledger: Pick<Ledger, 'amendments' | 'nameOf'>,
  { runId, org, directory }: { readonly runId: string; readonly org: string; readonly directory: string },
): AsyncGenerator<VanishedEntry> {
  const vanished = new Map<string, Amendment>()
  for await (const amendment of ledger.amendments({ run: runId })) {
    if (amendment.kind === 'vanished') vanished.set(amendment.entry, amendment)
  }
  const names = new Map<string, Names>()
  for (const archive of new Set([...vanished.values()].map(({ amends }) => amends))) {
    const path = archive === null ? undefined : placeOf(archive, directory)
    if (path === undefined) continue
    for await (const { identifier, entries } of readConversations(path)) {
      for (const { entryId } of entries) {
        const identity = { org, conversation: identifierOf(identifier), entryId: identifierOf(entryId) }
        const name = ledger.nameOf(identity)
        if (vanished.has(name)) names.set(name, { conversation: identifier, entryId })
      }
    }
  }
  for (const [entry, { sentAt, before, amends }] of vanished) {
    const { conversation = null, entryId = null } = names.get(entry) ?? {}
    yield { entry, conversation, entryId, sentAt, before, amends }
  }
}

function placeOf(archive: string, directory: string): string | undefined {
  return [`${archive}.zip`, archive].map((name) => join(directory, name)).find((path) => existsSync(path))
}
