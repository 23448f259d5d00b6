import { existsSync } from 'node:fs'
import { type AuditEntry, type AuditLog, parseAuditEvent } from '@custody/audit-log'
import { type ErasureEvent, type ErasureStore, erasureFile, openErasureStore } from '@custody/erasure'
import { CustodyError } from '@custody/pipeline'
import type { CommandContext } from '../command-context.ts'
import { orgState } from '../config/org-state.ts'
import type { Config } from '../config/schema.ts'
import { loggable } from '../sealing/loggable.ts'
import { openOrgLog } from '../sealing/open-org-log.ts'
import { ownKeys } from '../sealing/open-signer.ts'
import type { Erasures } from './open-erasures.ts'
import { erasureDirectory, orgErasureKey } from './org-erasures.ts'

/** What the audit log tells of an event about a hold: ids, codes, keyed hashes; who is held is not told. */
export function holdEntry({ n, at, request, target, act, operator, detail }: ErasureEvent): AuditEntry {
  const text = (key: string): string | null => loggable(detail[key] == null ? null : String(detail[key]))
  // By `event` and `at` an entry is known again: what happened is told once, also by a log that was restored.
  const which = { event: n, at, operator: loggable(operator) }
  const obj = text('hold')
  switch (act) {
    case 'hold-placed':
      return {
        act: 'hold.set',
        obj,
        detail: {
          ...which,
          matter: text('matter'),
          ground: text('ground'),
          scope: text('scope'),
          expiresOn: text('expiresOn'),
        },
      }
    case 'hold-release-asked':
      return { act: 'hold.release-asked', obj, detail: { ...which, on: text('on') } }
    case 'hold-shortened':
      return { act: 'hold.shortened', obj, detail: { ...which, confirmedBy: text('confirmedBy'), on: text('on') } }
    case 'hold-released':
      return { act: 'hold.released', obj, detail: { ...which, confirmedBy: text('confirmedBy') } }
    default: {
      const conversations = Number(detail['conversations'] ?? 1)
      const refused = {
        reference: loggable(request),
        target: loggable(target),
        archive: text('archive'),
        conversations,
      }
      return { act: 'erasure.refused', obj, detail: { ...which, ground: text('ground'), ...refused } }
    }
  }
}

async function holdEntries(store: Pick<ErasureStore, 'events'>): Promise<readonly AuditEntry[]> {
  const entries: AuditEntry[] = []
  for await (const event of store.events({ holds: true })) entries.push(holdEntry(event))
  return entries
}

/** Writes down what the log does not tell yet. */
async function catchUp(log: AuditLog, entries: readonly AuditEntry[]): Promise<void> {
  if (entries.length === 0) return
  const told = new Set<string>()
  for await (const line of log.part(0)) {
    // Most lines are of something else.
    const detail = line.includes('"event":') ? parseAuditEvent(line)?.detail : undefined
    if (detail) told.add(`${detail['event']} ${detail['at']}`)
  }
  await log.appendAll(entries.filter(({ detail }) => !told.has(`${detail?.['event']} ${detail?.['at']}`)))
}

/**
 * The same in an open log of an org, for runs that hold it for as long as they take: holds are placed meanwhile. Without the key of the
 * erasures it is left to whoever has it.
 */
export async function noteHolds(
  log: AuditLog,
  options: Pick<CommandContext, 'env' | 'clock'> & {
    readonly config: Pick<Config, 'state' | 'orgs'>
    readonly orgAlias: string
  },
): Promise<void> {
  const { config, orgAlias, env, clock } = options
  const directory = erasureDirectory(config, orgAlias)
  if (!existsSync(erasureFile(directory))) return
  let key: Uint8Array
  try {
    key = orgErasureKey(config, orgAlias, env)
  } catch (error) {
    if (CustodyError.isInstance(error) && error.kind === 'usage') return
    throw error
  }
  await using store = await openErasureStore({ directory, key, clock, readOnly: true })
  await catchUp(log, await holdEntries(store))
}

/**
 * Notes holds in the audit log of the org, which is there once archives are sealed. A hold never waits for the log: where a run is at work
 * it is noted by that, or by the next one.
 */
export async function noteHoldsNow(
  { config, orgAlias, org, store, console }: Erasures,
  { clock }: Pick<CommandContext, 'clock'>,
): Promise<void> {
  if (config.seal === undefined) return
  const entries = await holdEntries(store)
  if (entries.length === 0) return
  try {
    const places = {
      origin: org.origin ?? orgAlias,
      stateDirectory: orgState(config.state.directory, orgAlias),
      archives: config.archive.directory,
      keys: await ownKeys(config.seal),
    }
    await using log = await openOrgLog(places, clock)
    await catchUp(log, entries)
  } catch (error) {
    if (!CustodyError.isInstance(error)) throw error
    const { code, message } = error
    console.event({ type: 'hold-not-noted', org: orgAlias, code })
    if (code === 'AUDIT_LOG_LOCKED')
      console.talk('Another run is at work: holds are noted in the audit log when it ends.')
    else console.warn(`What was held is noted in the audit log by the next run, not by this one: ${message} [${code}]`)
  }
}
