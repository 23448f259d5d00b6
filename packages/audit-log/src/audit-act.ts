/**
 * What the log tells of. Every act has one meaning for good; a reader keeps acts it does not know.
 *
 * - `archive.start`: a run that makes an archive began.
 * - `archive.end`: it wrote its archive, whole or partial; `detail` says which.
 * - `archive.failed`: it ended without one; `detail` holds the error code.
 * - `window.reread`: a sealed window was read again; `detail` says how many entries came late, changed or vanished.
 * - `seal.created`: an archive was sealed.
 * - `verify.ok`: an archive was verified, without findings.
 * - `verify.findings`: an archive was verified, with findings; `detail` says how many.
 * - `disclosure.created`: the proof of a single conversation was handed out.
 * - `erasure.requested`: somebody asked for an erasure.
 * - `erasure.executed`: records were erased.
 * - `erasure.refused`: an erasure was refused; by a hold, which `detail` names.
 * - `copy.created`: a copy of an archive was made and checked.
 * - `hold.set`: records are kept from erasure.
 * - `hold.release-asked`: one of two persons asked for the end of a hold; until the other does it holds.
 * - `hold.shortened`: it ends on an earlier day; `detail` says which.
 * - `hold.released`: they no longer are.
 * - `key.created`: a signing key was made.
 * - `key.rotated`: a new key took over, vouched for by the old one.
 * - `key.replaced`: a new key took over without the old one, which was lost.
 * - `log.recovered`: an unfinished last line, left by a crash, was set aside; `detail.bytes` is its length.
 * - `log.restored`: the log was lost and made again from archives; what came after the last seal is gone.
 */
export const auditActs = [
  'archive.start',
  'archive.end',
  'archive.failed',
  'window.reread',
  'seal.created',
  'verify.ok',
  'verify.findings',
  'disclosure.created',
  'erasure.requested',
  'erasure.executed',
  'erasure.refused',
  'copy.created',
  'hold.set',
  'hold.release-asked',
  'hold.shortened',
  'hold.released',
  'key.created',
  'key.rotated',
  'key.replaced',
  'log.recovered',
  'log.restored',
] as const

/** What an entry of the log may say was done. */
export type AuditAct = (typeof auditActs)[number]
