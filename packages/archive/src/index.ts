export {
  type AmendmentRow,
  type AmendmentRowKind,
  type Amends,
  amendmentName,
  type EntryAmendment,
  isAmendmentName,
  type VanishedEntry,
} from './amendments-report.ts'
export { archive, archiveEncoded, encodingFor } from './archive.ts'
export { archiveName } from './archive-name.ts'
export { type ArchivedLines, conversationsOf } from './archived-lines.ts'
export { type BrowsedArchive, browseArchive } from './browse-archive.ts'
export { compareWitnesses, type ReconciliationReason } from './compare-witnesses.ts'
export {
  type ConversationEncoding,
  type ConversationVerdict,
  type EncodedConversations,
  encodeConversations,
  memoryOf,
  verdictOf,
} from './encoded-conversations.ts'
export { entriesFrom } from './entries-from.ts'
export type { EntryReader, ReadContext, Reading } from './entry-reader.ts'
export type { ErasureCounts, ErasureOptions, ErasureProgress, ErasureResult } from './erase-options.ts'
export { eraseRecords } from './erase-records.ts'
export { findArchives } from './find-archives.ts'
export { type FoundConversation, findInArchive, type SoughtPeople } from './find-in-archive.ts'
export type { Finding } from './findings.ts'
export type { MakeSeal, SealableBag } from './make-seal.ts'
export type { MasterConversation } from './master-conversation.ts'
export { type OpenArchive, openArchive } from './open-archive.ts'
export { openVerified, type VerifiedArchive } from './open-verified.ts'
export type {
  ArchiveContainer,
  ArchiveCounts,
  ArchiveFormat,
  ArchiveMode,
  ArchiveOptions,
  ArchiveResult,
  ArchiveVerdict,
  RunFacts,
} from './options.ts'
export type { ArchiveFacts, MakePage, PageSource, Pages } from './page.ts'
export { type ConversationProof, prove } from './prove.ts'
export { readAmendments } from './read-amendments.ts'
export { type ReadableArchive, readArchive } from './read-archive.ts'
export { readAuditPart } from './read-audit-part.ts'
export { readConversations } from './read-conversations.ts'
export { type ArchivedConversation, readReconciliation } from './read-reconciliation.ts'
export { readSealFiles } from './read-seal.ts'
export { type AskAgain, type ReconcileOptions, reconcile } from './reconcile.ts'
export type { RunDocument } from './run-document.ts'
export type { SealReport, SealTrust } from './seal-check.ts'
export { findLeftovers } from './staging.ts'
export { verify } from './verify.ts'
export { type ProofReport, verifyProof } from './verify-proof.ts'
export type { FileStatus, VerifyOptions, VerifyReport } from './verify-report.ts'
export { withoutTwins } from './without-twins.ts'
export { type WitnessReader, witnessed } from './witnessed.ts'
