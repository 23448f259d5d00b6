export { type AttachmentsOptions, attachments } from './attachments.ts'
export { createFileStore, type FileStore, type StoredFile } from './file-store.ts'
