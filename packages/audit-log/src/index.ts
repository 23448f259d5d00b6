export { type AuditAct, auditActs } from './audit-act.ts'
export type { AuditCheckpoint } from './audit-chain.ts'
export { AuditChainCheck, type AuditChainPart } from './audit-chain-check.ts'
export { type AuditEvent, encodeAuditEvent, parseAuditEvent } from './audit-event.ts'
export type { AuditLog, LogOpening } from './audit-log.ts'
export {
  type AuditFinding,
  type AuditFindingCode,
  AuditPartCheck,
  type AuditPartOptions,
  type AuditPartResult,
  type AuditPartStart,
  checkAuditPart,
} from './audit-part-check.ts'
export type { AuditEntry } from './log-writer.ts'
export { type OpenAuditLogOptions, openAuditLog } from './open-audit-log.ts'
export { type ArchivedAuditPart, type RestoreAuditLogOptions, restoreAuditLog } from './restore-audit-log.ts'
export { type AuditDetail, isSafeText, safeDetail } from './safe-detail.ts'
