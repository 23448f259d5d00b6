import { join } from 'node:path'
import { findArchives, readAuditPart, type SealReport, verify } from '@custody/archive'
import { restoreAuditLog } from '@custody/audit-log'
import { CustodyError } from '@custody/pipeline'
import { count } from '../archive-job/progress.ts'
import { chooseOrg } from '../archive-job/reading-job.ts'
import type { CommandContext } from '../command-context.ts'
import type { AuditRestoreFlags } from '../commands/audit.ts'
import { loadConfig } from '../config/load.ts'
import { orgState } from '../config/org-state.ts'
import { actorOf } from './actor-of.ts'

/** Runs `custody audit restore`: from archives alone, each of which is verified first. */
export async function restoreLog(
  flags: AuditRestoreFlags,
  { clock, console: open, signal }: CommandContext,
): Promise<void> {
  const console = open(flags)
  const config = loadConfig(flags.config)
  const [alias, { origin = alias }] = chooseOrg(config, flags.org)
  const directory = flags.archives ?? config.archive.directory
  const sealed = new Map<number, { path: string; seal: SealReport }>()
  for (const path of await findArchives(directory)) {
    const { findings, seal } = await verify(path, { depth: 'bytes', signal })
    if (seal?.seal.origin !== origin) continue
    if (findings.length > 0) {
      throw new CustodyError('AUDIT_LOG_NOT_RESTORED', `${path} is not as it was sealed: its part proves nothing.`, {
        kind: 'refused',
        actions: [`See what is wrong: custody verify ${path}`, 'Put a good copy of it in its place, then run again.'],
      })
    }
    // Of two copies of one archive either will do.
    sealed.set(seal.seal.seq, { path, seal })
  }
  const parts = [...sealed]
    .sort(([one], [other]) => one - other)
    .map(
      ([
        ,
        {
          path,
          seal: { seal },
        },
      ]) => ({
        archiveId: seal.archiveId,
        bytes: readAuditPart(path),
        to: seal.audit,
      }),
    )
  const file = join(orgState(config.state.directory, alias), 'audit.jsonl')
  const { size } = await restoreAuditLog({ file, actor: actorOf(), parts, clock })
  console.event({ type: 'audit-restored', org: alias, file, size, archives: parts.length })
  console.data(`${file}: ${count(size)} lines, from ${count(parts.length)} archives`)
}
