import { confirmErasure, type Target } from '@custody/erasure'
import { CustodyError } from '@custody/pipeline'
import type { CommandContext } from '../command-context.ts'
import type { EraseConfirmFlags } from '../commands/erase-run.ts'
import type { ExitCode } from '../exit-code.ts'
import { deletionTalk } from './deletion-talk.ts'
import { deletionWire } from './deletion-wire.ts'
import { connectForErasure } from './erasure-connection.ts'
import { type Erasures, openErasures } from './open-erasures.ts'
import { exitCodeOfTargets, showOutcomes, targetsOf } from './outcomes.ts'
import { readBackSources } from './read-back-sources.ts'
import { confirmMasksOnce } from './run-masking.ts'

/** Runs `custody erase confirm`. */
export async function confirmErasures(
  reference: string | undefined,
  flags: EraseConfirmFlags,
  context: CommandContext,
): Promise<void> {
  await using erasures = await openErasures(flags, context)
  const { store, console } = erasures
  if (reference !== undefined && (await store.request(reference)) === null) throw unknown()
  const requests = reference === undefined ? undefined : [reference]
  if (flags.watch === true) await confirmUntilTold(erasures, requests, context)
  else await confirmOnce(erasures, requests, context)
  const targets = await targetsOf(store, requests)
  const exitCode = exitCodeOfTargets(targets)
  showOutcomes(targets, erasures, exitCode)
  if (targets.some(isAwaited)) console.talk('Next: run it again later, or with --watch.')
  context.end(exitCode)
}

/** How long Salesforce is left alone between two looks. */
const betweenLooksMs = 900_000

/** Reads back until nothing is awaited of Salesforce any more. */
export async function confirmUntilTold(
  erasures: Erasures,
  requests: readonly string[] | undefined,
  context: CommandContext,
): Promise<ExitCode> {
  const { clock, signal } = context
  for (;;) {
    await confirmOnce(erasures, requests, context)
    const targets = await targetsOf(erasures.store, requests)
    if (!targets.some(isAwaited)) return exitCodeOfTargets(targets)
    const next = new Date(clock.now() + betweenLooksMs).toISOString().slice(0, 19)
    erasures.console.talk(`Not all is confirmed; looks again at ${next}Z. Ctrl-C stops it safely.`)
    await clock.sleep(betweenLooksMs, signal)
  }
}

function isAwaited({ state, outcome }: Target): boolean {
  return state === 'accepted' && outcome === 'pending'
}

async function confirmOnce(
  erasures: Erasures,
  requests: readonly string[] | undefined,
  context: CommandContext,
): Promise<void> {
  const { store, console, config, org } = erasures
  const { clock, signal } = context
  const connection = await connectForErasure(erasures, context)
  try {
    await confirmErasure({
      store,
      sources: readBackSources(org, connection, clock),
      org: connection.client,
      apiVersion: org.apiVersion,
      ...(requests && { requests }),
      hoursToConfirm: config.erasure.hoursToConfirm,
      wire: deletionWire(org),
      clock,
      signal,
      onEvent: deletionTalk(console, clock),
    })
    await confirmMasksOnce(erasures, requests, connection, context)
  } finally {
    await connection.close()
  }
}

function unknown(): CustodyError {
  return new CustodyError('ERASURE_REQUEST_UNKNOWN', 'There is no request of that reference here.', {
    kind: 'not-found',
    actions: ['Run `custody erase status --closed` to see all of them.'],
  })
}
