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

/** A GET of a JSON document. */
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
  /**
   * Calls of one affinity go to the same execution user of a pool: page tokens belong to who got them. Name it by what is
   * read, a conversation say. @defaultValue none: any user, where the endpoint's limit is per user, otherwise the first
   */
  readonly affinity?: string
  /** Whether an answer that somebody kept from before will not do. A client that keeps none makes no difference. @defaultValue false */
  readonly fresh?: boolean
  /**
   * Makes the document of the body. It may throw: then the answer is no JSON, and is asked for again.
   * @defaultValue the client's
   */
  readonly parseJson?: ((text: string) => unknown) | undefined
  /** Checks the document's shape. What it throws ends the call without a retry. */
  readonly parse: (document: unknown, answer: Answer) => T
  readonly signal?: AbortSignal
}

/** What came with a document. */
export interface Answer {
  readonly status: number
  /** Names in lower case; a repeated header is joined by `, `. */
  readonly headers: Readonly<Record<string, string>>
}

/** Calls that are more than a GET of JSON. */
export interface OrgSender extends OrgClient {
  /** Like {@link OrgClient.getJson}, in any method, for JSON or text. */
  send<T>(request: SendRequest<T>): Promise<T>
}

/** A call that may be more than a GET; what is safe to repeat is said by `repeatable`. */
export interface SendRequest<T> extends JsonRequest<T> {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  /** Sent as JSON. */
  readonly body?: unknown
  /**
   * What `parse` gets: the JSON document, or the body as a string; null for an empty body (202, 204), either way. Where a
   * GET of JSON is answered 200 with nothing, that is a fault, and it is asked again.
   * @defaultValue `'json'`
   */
  readonly as?: 'json' | 'text'
  /**
   * Whether it may be sent again when its answer was lost, so that it may have been carried out. If not, the call ends with
   * `HTTP_ANSWER_LOST`, whose cause tells how. What was certainly not carried out is repeated within bounds either way:
   * without a connection, and after 401, 429 and 503.
   * @defaultValue true for GET and DELETE, false otherwise
   */
  readonly repeatable?: boolean
}

/** Bytes too large to hold. */
export interface OrgDownloads {
  /**
   * GETs a body as a stream, inflated where it came gzipped. Retried until its head has come; what goes wrong later is
   * thrown by the body, and it is for the caller to begin again: `HTTP_BODY_TRUNCATED` when it breaks off,
   * `HTTP_BODY_TOO_LARGE`, `HTTP_BODY_ENCODING` when it cannot be inflated. One redirect after the other is followed, two at
   * most, and only within the allowed origins; one to a log-in page counts as a refused token.
   *
   * @throws CustodyError `HTTP_FOREIGN_ORIGIN` (refused) before anything is sent, when the address is on none of the org's
   * origins: `instance_url`, `api_instance_url`, and those the client was told of; `HTTP_REDIRECT` when the answer leads away
   * from them
   */
  download(request: DownloadRequest): Promise<Download>
}

/** A file to fetch, with the most bytes that are taken of it. */
export interface DownloadRequest {
  /** An absolute address, or a path on the instance. */
  readonly address: string
  /** As in {@link JsonRequest.endpoint}. */
  readonly endpoint: string
  /** As in {@link JsonRequest.headers}. */
  readonly headers?: Readonly<Record<string, string>>
  /** As in {@link JsonRequest.affinity}. */
  readonly affinity?: string
  /** A larger body ends with `HTTP_BODY_TOO_LARGE`, at once where its length is declared. */
  readonly maxBytes: number
  readonly signal?: AbortSignal
}

/** Bytes that are on their way. */
export interface Download extends Answer {
  /** Read it to the end or leave the loop early: an abandoned body keeps its connection. */
  readonly body: AsyncIterable<Uint8Array>
}

/** Where tokens come from. Implemented by the auth package. */
export interface TokenProvider {
  /** The current token, renewed in time; calls at the same moment share one renewal. The same object until it changes. */
  token(options?: { readonly signal?: AbortSignal }): Promise<Token>
  /** Tells that the server refused this token. The next {@link token} call gets a new one. */
  refused(token: Token): void
}
