import { join } from 'node:path'
import { type AuditEntry, openAuditLog } from '@custody/audit-log'
import type { CommandContext } from '../command-context.ts'
import { orgState } from '../config/org-state.ts'
import type { Console } from '../console.ts'
import { actorOf } from './actor-of.ts'
import { orgOfArchive } from './org-of-archive.ts'

/** Notes what was done with a sealed archive in the audit log of its org, where this machine keeps it. Otherwise it says so. */
export async function noteInAuditLog(
  archive: string,
  act: AuditEntry['act'],
  detail: NonNullable<AuditEntry['detail']>,
  configFile: string,
  { clock }: Pick<CommandContext, 'clock'>,
  console: Console,
): Promise<void> {
  const org = await orgOfArchive(archive, configFile)
  if (org === null) {
    console.talk('It is noted in no audit log: the org of this archive is not in the configuration.')
    return
  }
  const file = join(orgState(org.config.state.directory, org.alias), 'audit.jsonl')
  await using log = await openAuditLog({ file, actor: actorOf(), clock, expected: org.seal.audit })
  await log.append({ act, obj: org.seal.archiveId, detail })
}
