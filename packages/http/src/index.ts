export type { JsonRequest, OrgClient, TokenProvider } from './org-client.ts'
export type { Token } from './token.ts'
