import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { readSealFiles } from '@custody/archive'
import { type AuditEntry, openAuditLog } from '@custody/audit-log'
import { parseSeal } from '@custody/seal'
import type { CommandContext } from '../command-context.ts'
import { loadConfig } from '../config/load.ts'
import type { Console } from '../console.ts'
import { actorOf } from './actor-of.ts'

/** Notes what was done with a sealed archive in the audit log of its org, where this machine keeps it. Otherwise it says so. */
export async function noteInAuditLog(
  archive: string,
  act: AuditEntry['act'],
  detail: NonNullable<AuditEntry['detail']>,
  configFile: string,
  { clock }: Pick<CommandContext, 'clock'>,
  console: Console,
): Promise<void> {
  const text = (await readSealFiles(archive)).get('seal/seal.txt')
  const seal = parseSeal(Buffer.from(text ?? []).toString('utf8'))
  const config = existsSync(configFile) ? loadConfig(configFile) : null
  const orgs = Object.entries(config?.seal ? config.orgs : {})
  const [alias] = orgs.find(([alias, { origin = alias }]) => origin === seal?.origin) ?? []
  if (seal === null || config === null || alias === undefined) {
    console.talk('It is noted in no audit log: the org of this archive is not in the configuration.')
    return
  }
  const file = join(config.state.directory, alias, 'audit.jsonl')
  await using log = await openAuditLog({ file, actor: actorOf(), clock })
  await log.append({ act, obj: seal.archiveId, detail })
}
