export {
  type ActiveConversations,
  type ActiveConversationsOptions,
  createActiveConversations,
} from './active-conversations.ts'
export { createOrgClient, type FullOrgClient, type OrgClientOptions } from './create-org-client.ts'
export { conversationActiveMs, defaultLimits, perUserEndpoints } from './default-limits.ts'
export type { RateLimitFactory } from './endpoint-limits.ts'
export { type Exchange, type ExchangeOptions, exchange } from './exchange.ts'
export { type Failure, type Refusal, refused } from './failure.ts'
export { createHttpEvents, type HttpEvent } from './http-event.ts'
export { type Allowance, type HttpStatus, HttpStatusError } from './http-status-error.ts'
export type {
  Answer,
  Download,
  DownloadRequest,
  JsonRequest,
  OrgClient,
  OrgDownloads,
  OrgSender,
  SendRequest,
  TokenProvider,
} from './org-client.ts'
export { createOrgPool, type OrgPoolOptions } from './org-pool.ts'
export { assertHttpsOrLoopback } from './origin.ts'
export { createRateLimit, type Limit, type Rate, type RateLimit, type RateLimitOptions } from './rate-limit.ts'
export {
  type Attempt,
  type RetryContext,
  type RetryPolicy,
  type RetryReason,
  retrying,
  retryPolicy,
} from './retry.ts'
export { soqlEscaped, soqlString } from './soql-string.ts'
export type { Token } from './token.ts'
export {
  createTransport,
  type Transport,
  type TransportOptions,
  type TransportRequest,
  type TransportResponse,
} from './transport.ts'
