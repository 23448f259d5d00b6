import { runErasure } from '@custody/erasure'
import { lockDirectory } from '@custody/ledger'
import { usageError } from '@custody/pipeline'
import type { CommandContext } from '../command-context.ts'
import type { EraseRunFlags } from '../commands/erase-run.ts'
import { exitCodes } from '../exit-code.ts'
import { confirmUntilTold } from './confirm-erasures.ts'
import { deletionTalk } from './deletion-talk.ts'
import { deletionWire } from './deletion-wire.ts'
import { connectForErasure } from './erasure-connection.ts'
import { executionUsers } from './execution-users.ts'
import { noteHoldsNow } from './hold-log.ts'
import { type Erasures, openErasures } from './open-erasures.ts'
import { erasureDirectory } from './org-erasures.ts'
import { exitCodeOfTargets, showOutcomes, targetsOf } from './outcomes.ts'

/** Runs `custody erase run`. */
export async function runErasures(
  reference: string | undefined,
  flags: EraseRunFlags,
  context: CommandContext,
): Promise<void> {
  if ((reference === undefined) !== (flags.all === true)) {
    throw usageError('OPTION_MISSING', 'Name one request, or say --all.', 'custody erase run REFERENCE')
  }
  await using erasures = await openErasures(flags, context)
  const { store, console, config, orgAlias } = erasures
  const lock = lockDirectory(erasureDirectory(config, orgAlias), context.clock, 'erase-run')
  try {
    const requests = reference === undefined ? undefined : [reference]
    await deleteAll(erasures, requests, context)
    await noteHoldsNow(erasures, context)
    const code = flags.watch === true ? await confirmUntilTold(erasures, requests, context) : null
    const targets = await targetsOf(store, requests, 'erase')
    const exitCode = code ?? exitCodeOfTargets(targets)
    showOutcomes(targets, erasures, exitCode)
    if (exitCode === exitCodes.pending) console.talk('Next: custody erase confirm')
    context.end(exitCode)
  } finally {
    lock.release()
  }
}

async function deleteAll(
  erasures: Erasures,
  requests: readonly string[] | undefined,
  context: CommandContext,
): Promise<void> {
  const { store, console, config, org } = erasures
  const { clock, signal } = context
  const onEvent = deletionTalk(console, clock)
  const connection = await connectForErasure(erasures, context)
  try {
    const users = executionUsers(connection, org, clock, onEvent)
    await runErasure({
      store,
      users,
      org: connection.client,
      apiVersion: org.apiVersion,
      ...(requests && { requests }),
      approvalsNeeded: config.erasure.twoPersonRule ? 2 : 1,
      minimumRetention: config.erasure.minimumRetention ?? null,
      wire: deletionWire(org),
      clock,
      signal,
      onEvent,
    })
  } finally {
    console.redraw('')
    await connection.close()
  }
}
