import { basename } from 'node:path'
import { findArchives, findInArchive } from '@custody/archive'
import type { ArchiveFindings, ArchiveSearch, PlannedArchive } from '@custody/erasure'
import type { Console } from '../console.ts'
import { knownError } from '../known-error.ts'

/**
 * Looks through every archive of some directories once, a line at a time. One that cannot be read is told and makes the findings partial:
 * nobody knows whom it holds.
 */
export async function searchArchives(
  directories: readonly string[],
  sought: readonly ArchiveSearch[],
  { console, signal }: { readonly console: Console; readonly signal: AbortSignal },
): Promise<ArchiveFindings> {
  const byConversation = byEach(sought, ({ conversations }) => conversations)
  const byEndUser = byEach(sought, ({ endUserIds }) => endUserIds)
  const archives = new Map<string, PlannedArchive[]>()
  const archived = new Set<string>()
  let isPartial = false
  if (byConversation.size + byEndUser.size === 0) return { archives, archived, isPartial }
  const people = { conversations: new Set(byConversation.keys()), endUserIds: new Set(byEndUser.keys()) }
  const paths: string[] = []
  for (const directory of directories) paths.push(...(await findArchives(directory)))
  for (const path of paths) {
    signal.throwIfAborted()
    const counts = new Map<string, number>()
    try {
      for await (const { identifier, endUserIds } of findInArchive(path, people)) {
        archived.add(identifier)
        const own = [...(byConversation.get(identifier) ?? []), ...endUserIds.flatMap((id) => byEndUser.get(id) ?? [])]
        for (const request of new Set(own)) counts.set(request, (counts.get(request) ?? 0) + 1)
      }
    } catch (error) {
      isPartial = true
      const { code } = knownError(error)
      console.event({ type: 'archive-unreadable', path, code })
      console.warn(`${path} could not be looked through: nobody knows whom it holds. [${code}]`)
    }
    for (const [request, conversations] of counts) {
      archives.set(request, [...(archives.get(request) ?? []), { name: basename(path), conversations }])
    }
  }
  return { archives, archived, isPartial }
}

function byEach(
  sought: readonly ArchiveSearch[],
  valuesOf: (search: ArchiveSearch) => ReadonlySet<string>,
): ReadonlyMap<string, readonly string[]> {
  const pairs = sought.flatMap((search) => [...valuesOf(search)].map((value) => ({ value, request: search.request })))
  return new Map(
    [...Map.groupBy(pairs, ({ value }) => value)].map(([value, each]) => [value, each.map(({ request }) => request)]),
  )
}
