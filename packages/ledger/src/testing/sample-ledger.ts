import { join } from 'node:path'
import type { EntrySeen } from '../entry-seen.ts'
import { type Ledger, type OpenLedgerOptions, openLedger } from '../open-ledger.ts'
import type { LedgerWindow } from '../window.ts'
import { temporaryFolder } from './temporary-folder.ts'

export const key: Uint8Array = new Uint8Array(32).fill(7)
export const october = { from: '2026-10-01T00:00:00.000Z', to: '2026-11-01T00:00:00.000Z' }
export const november = { from: '2026-11-01T00:00:00.000Z', to: '2026-12-01T00:00:00.000Z' }
export const december = { from: '2026-12-01T00:00:00.000Z', to: '2027-01-01T00:00:00.000Z' }

export const newDirectory = (): string => join(temporaryFolder(), 'state')

export function open(directory: string = newDirectory(), options: Partial<OpenLedgerOptions> = {}): Promise<Ledger> {
  return openLedger({ directory, key, ...options })
}

/** Entry number `id` of a conversation, some milliseconds after the beginning of October. */
export function entry(id: number, ms = 0, version = 0): EntrySeen {
  return {
    conversation: `conversation-${id % 3}`,
    entryId: `entry-${id}`,
    sentAt: new Date(Date.parse(october.from) + ms).toISOString(),
    digest: new Uint8Array(32).fill(version),
  }
}

/** The window archived with these entries, and sealed. */
export async function sealOctober(ledger: Ledger, rows: Iterable<EntrySeen>, org = 'acme'): Promise<LedgerWindow> {
  await ledger.beginRun({ id: `october-${org}`, org, window: october, jobDigest: 'monthly' })
  await ledger.recordEntries(`october-${org}`, rows)
  const { id } = await ledger.openWindow({ org, ...october })
  await ledger.settleWindow(id)
  await ledger.commitRun(`october-${org}`, { archive: `${org}-october`, seals: [{ window: id, sealDigest: 'seal' }] })
  const [sealed] = await ledger.windows({ org })
  if (sealed === undefined) throw new Error('no window')
  return sealed
}

export async function beginNovember(ledger: Ledger, id = 'november', org = 'acme'): Promise<void> {
  await ledger.beginRun({ id, org, window: november, jobDigest: 'monthly' })
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}
