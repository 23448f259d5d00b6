import { usageError } from '@custody/pipeline'
import type { CommandContext } from '../command-context.ts'
import type { ReconcileFlags } from '../commands/reconcile.ts'
import type { ExitCode } from '../exit-code.ts'
import { reconcileArchive } from './reconcile-archive.ts'
import { reconcileWindow } from './reconcile-window.ts'

/** Runs `custody reconcile`, on an archive or on a window. */
export async function runReconcileCommand(
  archive: string | undefined,
  flags: ReconcileFlags,
  context: CommandContext,
): Promise<ExitCode> {
  if (archive === undefined) return await reconcileWindow(flags, context)
  const { from, to, source, witness, export: files, mapping, exportedAt, allowFallback, api, legacyChats } = flags
  const given = [from, to, source, witness, files, mapping, exportedAt, allowFallback, api, legacyChats]
  if (given.some((value) => value !== undefined)) {
    throw usageError(
      'RECONCILE_EITHER',
      'An archive names its window itself, and is compared with the census alone.',
      'Leave --from, --to and the flags of sources out, or leave the archive out.',
    )
  }
  return await reconcileArchive(archive, flags, context)
}
