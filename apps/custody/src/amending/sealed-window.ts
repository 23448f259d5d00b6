import { existsSync } from 'node:fs'
import type { Amends } from '@custody/archive'
import type { Ledger } from '@custody/ledger'
import { CustodyError } from '@custody/pipeline'
import { type ArchiveJob, targetOf } from '../archive-job/archive-job.ts'

export interface SealedWindow {
  /** Name of its archive. */
  readonly archive: string
  /** Whether nothing of its time is in any archive. */
  readonly wasEmpty: boolean
  /** What an amendment of it is numbered, as the ledger knows. */
  readonly nextAmendment: number
}

/**
 * The window of a job as the ledger has it sealed.
 *
 * @throws CustodyError `AMEND_NOT_SEALED` of kind refused
 */
export async function sealedWindow(
  ledger: Pick<Ledger, 'windows' | 'runs'>,
  { orgAlias: org, window: { from, to } }: Pick<ArchiveJob, 'orgAlias' | 'window'>,
): Promise<SealedWindow> {
  const same = (await ledger.windows({ org })).filter((one) => one.from === from && one.to === to)
  const sealed = same.find(({ state, amends }) => state === 'sealed' && !amends)
  if (!sealed?.archive) {
    throw new CustodyError('AMEND_NOT_SEALED', `${org}: there is no sealed window from ${from} to ${to}.`, {
      kind: 'refused',
      actions: [
        'Give the bounds of a window as it was archived: custody status lists them. A new one needs no --amend.',
      ],
    })
  }
  const amended = same.filter(({ state, amends }) => state === 'sealed' && amends)
  const runs = await ledger.runs({ org, state: 'archived' })
  const first = runs.find(({ archive }) => archive === sealed.archive)
  return {
    archive: sealed.archive,
    wasEmpty: amended.length === 0 && first?.verdict === 'empty',
    nextAmendment: Math.max(0, ...amended.map(({ archive }) => numberOf(archive))) + 1,
  }
}

/** The first number from the one given whose name is free: the ledger may not know every archive that stands there. */
export function freeAmendment(job: ArchiveJob, amends: Pick<Amends, 'archive' | 'number'>): ArchiveJob {
  const next = { ...job, amends }
  return existsSync(targetOf(next)) ? freeAmendment(job, { ...amends, number: amends.number + 1 }) : next
}

function numberOf(archive: string | null): number {
  return Number(/-amendment-(\d+)$/.exec(archive ?? '')?.[1] ?? 0)
}
