import { dirname } from 'node:path'
import { type ErasureOptions, type ErasureResult, eraseRecords } from '@custody/archive'
import { CustodyError } from '@custody/pipeline'
import { archivePages } from '../archive-job/archive-pages.ts'
import type { CommandContext } from '../command-context.ts'
import { loggable } from './loggable.ts'
import { orgOfArchive } from './org-of-archive.ts'
import { openSealing, type Sealing } from './sealing.ts'

export interface EraseWithSealOptions
  extends Required<Pick<ErasureOptions, 'archive' | 'conversations' | 'basis' | 'reference' | 'operator' | 'plan'>> {
  /** The configuration file, in which the org of a sealed archive is looked for. */
  readonly config: string
  /**
   * The archive that this one is a copy of: its chain is looked at where the original stands, and goes on with the original's seal.
   * @defaultValue null: it is none
   */
  readonly copyOf?: string | null
}

/** Erases in one archive, seals it anew where it was sealed, and notes in the audit log that it was asked for and what came of it. */
export async function eraseWithSeal(
  { archive, conversations, basis, reference, operator, plan, config, copyOf = null }: EraseWithSealOptions,
  { env, clock, signal }: Pick<CommandContext, 'env' | 'clock' | 'signal'>,
): Promise<{ readonly result: ErasureResult; readonly unstamped: CustodyError | null }> {
  const org = await orgOfArchive(archive, config)
  const sealing =
    org &&
    (await openSealing({
      config: org.config,
      orgAlias: org.alias,
      archives: dirname(copyOf ?? archive),
      env,
      clock,
      signal,
    }))
  const asked = {
    basis,
    reference: loggable(reference),
    operator: loggable(operator),
    conversations: conversations.length,
  }
  const obj = org?.seal.archiveId ?? null
  try {
    if (!plan) await sealing?.note({ act: 'erasure.requested', obj, detail: asked })
    const result = await eraseRecords({
      archive,
      conversations,
      basis,
      reference,
      operator,
      plan,
      seal: sealing?.makeSeal ?? null,
      pages: archivePages,
      clock,
      signal,
    })
    if (!plan) await noteErased(result, sealing, obj, copyOf !== null)
    return { result, unstamped: sealing?.unstamped ?? null }
  } catch (error) {
    if (!plan && CustodyError.isInstance(error)) {
      await sealing
        ?.note({ act: 'erasure.refused', obj, detail: { code: error.code, reference: loggable(reference) } })
        .catch(() => undefined)
    }
    throw error
  } finally {
    await sealing?.close()
  }
}

async function noteErased(
  result: ErasureResult,
  sealing: Sealing | null,
  obj: string | null,
  isCopy: boolean,
): Promise<void> {
  const { erasureId, indexes, named, path, tagManifestSha256 } = result
  await sealing?.note({
    act: 'erasure.executed',
    obj,
    detail: { erasure: erasureId, records: indexes.length, named, tagManifestSha256 },
  })
  if (!isCopy) await sealing?.sealed(path)
}
