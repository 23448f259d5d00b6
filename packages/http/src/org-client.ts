import type { Token } from './token.ts'

/** What a source needs of an org: JSON over HTTP, with credentials, retries and limits taken care of. */
export interface OrgClient {
  /**
   * GETs a JSON document and hands it to `parse`. Retries what can be retried, within bounds; a body that is cut short or
   * is no JSON counts as a transport fault and is retried too.
   *
   * @throws CustodyError `HTTP_…` when the bounds are spent or the answer is final. It names endpoint and status, never
   * the body. The status stands in {@link HttpStatusError.status}.
   */
  getJson<T>(request: JsonRequest<T>): Promise<T>
}

export interface JsonRequest<T> {
  /** Which of the token's origins: `instance` for `/services/data`, `api` for the gateway. */
  readonly origin: 'instance' | 'api'
  /** An absolute path, with its query if it has one already (as `nextRecordsUrl` may). */
  readonly path: string
  /** Added to the query; undefined values are left out. */
  readonly query?: Readonly<Record<string, string | number | undefined>>
  /** Names the limit this call counts against and stands in events and errors: `query`, `conversation-entries`. */
  readonly endpoint: string
  /** Extra request headers. Never credentials. */
  readonly headers?: Readonly<Record<string, string>>
  /** Checks the document's shape. What it throws ends the call without a retry. */
  readonly parse: (document: unknown) => T
  readonly signal?: AbortSignal
}

/** Where tokens come from. Implemented by the auth package. */
export interface TokenProvider {
  /** The current token, renewed in time; calls at the same moment share one renewal. The same object until it changes. */
  token(options?: { readonly signal?: AbortSignal }): Promise<Token>
  /** Tells that the server refused this token. The next {@link token} call gets a new one. */
  refused(token: Token): void
}
