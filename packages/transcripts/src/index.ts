export type {
  ConversationRow,
  Finding,
  PageEnd,
  PageFacts,
  RedactionCounts,
  ShownAttachment,
  ShownContent,
  ShownConversation,
  ShownEntry,
} from './page-data.ts'
export { pagePolicy, type TranscriptPageOptions, transcriptPage } from './transcript-page.ts'
