import { CustodyError, usageError } from '@custody/pipeline'
import type { AuditHead } from './ledger-store.ts'
import { addOrg, findOrg } from './org-number.ts'
import type { Database } from './sqlite-driver.ts'

export function auditHead(database: Database, org: string): AuditHead | null {
  const row = database
    .prepare('select size, root from audit_head where org = ?')
    .get<{ readonly size: number; readonly root: string }>(findOrg(database, org))
  return row === undefined ? null : { size: row.size, root: row.root }
}

export function setAuditHead(database: Database, name: string, { size, root }: AuditHead): void {
  if (!Number.isSafeInteger(size) || size < 0 || !/^[0-9a-f]{64}$/.test(root)) {
    throw usageError('LEDGER_OPTIONS', 'setAuditHead: size counts lines, root is 64 digits of lower-case hex.')
  }
  database.write(() => {
    const org = addOrg(database, name)
    const known = auditHead(database, name)
    if (known !== null && (size < known.size || (size === known.size && root !== known.root))) {
      throw new CustodyError(
        'LEDGER_AUDIT_HEAD',
        `${name}: the audit log has ${size} lines; it had ${known.size}, and lines only ever come to it.`,
        { kind: 'refused', actions: ['Find out who cut or replaced the audit log before anything is archived.'] },
      )
    }
    database
      .prepare(
        'insert into audit_head values (?, ?, ?) on conflict do update set size = excluded.size, root = excluded.root',
      )
      .run(org, size, root)
  })
}
