import { isAmendmentName } from '@custody/archive'
import { type AuditLog, parseAuditEvent } from '@custody/audit-log'
import type { Window } from '@custody/model'
import { CustodyError } from '@custody/pipeline'
import type { ChainHead, KnownChain } from './chain-head.ts'

/**
 * Whether another archive can follow what is known of the chain. What would only show when somebody verifies the chain, years later, is
 * refused now, before anything is requested.
 *
 * @throws CustodyError of kind refused: `CHAIN_BEHIND`, `CHAIN_CLOCK`, `CHAIN_PERIOD`
 */
export async function assertChainGoesOn(
  { head, seals }: KnownChain,
  log: AuditLog,
  { now, window }: { readonly now: number; readonly window: Window | undefined },
): Promise<void> {
  const sealed = await lastSealed(log)
  const known = head?.seal.seq ?? 0
  if (sealed > known) {
    const message = `The audit log tells of archive number ${sealed}; the last one that is found here is number ${known}.`
    throw new CustodyError('CHAIN_BEHIND', message, {
      kind: 'refused',
      actions: ['Put the missing archives back into the archive directory, then run again.'],
    })
  }
  assertClockGoesOn(head, now)
  if (window === undefined) return
  const overlapping = seals.find(
    // One that is incomplete may be made anew; both then stand in the chain. What amends it adds to it.
    ({ seal }) =>
      seal.verdict !== 'incomplete' &&
      !isAmendmentName(seal.archiveId) &&
      seal.period.from < window.to &&
      window.from < seal.period.to,
  )
  if (overlapping === undefined) return
  const { period } = overlapping.seal
  const message = `${overlapping.where} holds ${period.from} to ${period.to} already: in a chain no time stands twice.`
  throw new CustodyError('CHAIN_PERIOD', message, {
    kind: 'refused',
    actions: ['Archive what is not archived yet. custody reconcile tells what changed since.'],
  })
}

/**
 * A seal may not say that it was made before the one it follows.
 *
 * @throws CustodyError `CHAIN_CLOCK` (refused)
 */
export function assertClockGoesOn(head: ChainHead | null, now: number): void {
  if (head === null || new Date(now).toISOString() >= head.seal.created) return
  const message = `The clock is before ${head.seal.created}, when the last archive of the chain was sealed.`
  throw new CustodyError('CHAIN_CLOCK', message, {
    kind: 'refused',
    actions: ['Set the clock of this machine right, then run again.'],
  })
}

/** The place of the last archive that was sealed, as the log tells; 0 for none. */
async function lastSealed(log: AuditLog): Promise<number> {
  let last = 0
  for await (const line of log.part(0)) {
    if (!line.includes('"act":"seal.created"')) continue
    const { seq } = parseAuditEvent(line)?.detail ?? {}
    if (typeof seq === 'number' && seq > last) last = seq
  }
  return last
}
