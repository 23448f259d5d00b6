import { join } from 'node:path'
import { type AuditLog, openAuditLog } from '@custody/audit-log'
import type { Clock } from '@custody/pipeline'
import { actorOf } from './actor-of.ts'
import { type ChainPlaces, findChain } from './chain-head.ts'

/** Opens the audit log of an org, held against the last seal: a log that was cut since does not pass. */
export async function openOrgLog(places: ChainPlaces, clock: Clock): Promise<AuditLog> {
  const expected = (await findChain(places)).head?.seal.audit
  const file = join(places.stateDirectory, 'audit.jsonl')
  return await openAuditLog({ file, actor: actorOf(), clock, ...(expected && { expected }) })
}
