export type { Journal, JournalOpening, JournalSize } from './journal.ts'
export { type JournalEvent, type JournalledOptions, journalled } from './journalled.ts'
export { type OpenJournalOptions, openJournal } from './open-journal.ts'
export type { AnswerScope } from './request-id.ts'
