import { confirmMasks, runMasks } from '@custody/erasure'
import { lockDirectory } from '@custody/ledger'
import { usageError } from '@custody/pipeline'
import type { OrgConnection } from '../archive-job/connect-org.ts'
import type { CommandContext } from '../command-context.ts'
import type { EraseMaskRunFlags } from '../commands/erase-mask.ts'
import { exitCodes } from '../exit-code.ts'
import { deletionTalk } from './deletion-talk.ts'
import { connectForErasure } from './erasure-connection.ts'
import { executionUsers } from './execution-users.ts'
import { noteHoldsNow } from './hold-log.ts'
import { maskFinderOf } from './masking-org.ts'
import { type Erasures, openErasures } from './open-erasures.ts'
import { erasureDirectory } from './org-erasures.ts'
import { exitCodeOfTargets, showOutcomes, targetsOf } from './outcomes.ts'
import { textReadBacks } from './text-read-backs.ts'

/** Runs `custody erase mask run`. */
export async function runMasking(
  reference: string | undefined,
  flags: EraseMaskRunFlags,
  context: CommandContext,
): Promise<void> {
  if ((reference === undefined) !== (flags.all === true)) {
    throw usageError('OPTION_MISSING', 'Name one request, or say --all.', 'custody erase mask run REFERENCE')
  }
  await using erasures = await openErasures(flags, context)
  const { store, console, config, org, orgAlias } = erasures
  const { clock, signal, env } = context
  const lock = lockDirectory(erasureDirectory(config, orgAlias), clock, 'erase-run')
  try {
    const requests = reference === undefined ? undefined : [reference]
    const connection = await connectForErasure(erasures, context)
    const onEvent = deletionTalk(console, clock)
    try {
      await runMasks({
        store,
        users: executionUsers(connection, org, clock, onEvent),
        org: connection.client,
        apiVersion: org.apiVersion,
        finderOf: maskFinderOf(erasures, connection, env),
        ...(requests && { requests }),
        approvalsNeeded: config.erasure.twoPersonRule ? 2 : 1,
        minimumRetention: config.erasure.minimumRetention ?? null,
        clock,
        signal,
        onEvent,
      })
      await noteHoldsNow(erasures, context)
      await confirmMasksOnce(erasures, requests, connection, context)
    } finally {
      await connection.close()
    }
    const masked = await targetsOf(store, requests, 'mask')
    const exitCode = exitCodeOfTargets(masked)
    showOutcomes(masked, erasures, exitCode)
    if (exitCode === exitCodes.pending) console.talk('Next: custody erase confirm')
    context.end(exitCode)
  } finally {
    lock.release()
  }
}

/** Reads back what was masked, through every source. */
export async function confirmMasksOnce(
  { store, console, config, org }: Erasures,
  requests: readonly string[] | undefined,
  connection: OrgConnection,
  { clock, signal }: CommandContext,
): Promise<void> {
  await confirmMasks({
    store,
    sources: textReadBacks(org, connection, clock),
    ...(requests && { requests }),
    hoursToConfirm: config.erasure.hoursToConfirm,
    clock,
    signal,
    onEvent: deletionTalk(console, clock),
  })
}
