export { ARCHIVE_PATH_MAX, archivePathProblem, assertArchivePath, printablePath } from './archive-path.ts'
export { type ConversationLineOptions, encodeConversation } from './conversation-line.ts'
export {
  conversationsTable,
  type EntryRow,
  entriesTable,
  entryRows,
  type ParticipantRow,
  participantRows,
  participantsTable,
} from './conversation-tables.ts'
export { type CsvOptions, csv } from './csv.ts'
export {
  type CsvColumn,
  type CsvTable,
  encodeCsvHeader,
  encodeCsvRows,
  encodeCsvTable,
  neutraliseFormula,
} from './csv-table.ts'
export type { FileDigest, FileStore, FileWriter } from './file-store.ts'
export { fileWriter, folderStore } from './folder-store.ts'
export { type JsonlOptions, jsonl } from './jsonl.ts'
export { PendingCommit } from './pending-commit.ts'
export { syncDirectory } from './sync-directory.ts'
export { assertWritableDirectory } from './writable-directory.ts'
export { type ZipFolderOptions, zipFolder } from './zip-folder.ts'
