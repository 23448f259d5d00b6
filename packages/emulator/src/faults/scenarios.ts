import type { FaultAction, FaultMatch, FaultRule, Scenario } from './scenario.ts'

/** Nobody waits on a rate limit unless the scenario is about it. */
const roomy = { entriesPerMinute: 100_000 } as const

const entries = { endpoint: 'conversation-entries' } as const

function one(
  description: string,
  match: FaultMatch,
  action: FaultAction,
  rest: Partial<Scenario> & { times?: FaultRule['times'] } = {},
): Scenario {
  const { times, ...scenario } = rest
  return { description, limits: roomy, rules: [{ match, action, ...(times !== undefined && { times }) }], ...scenario }
}

/** The scenarios that are built in: one for each thing that can go wrong, a calm org, and two with many things at once. */
export const scenarios: Readonly<Record<string, Scenario>> = {
  calm: { description: 'Nothing goes wrong. Salesforce’s own limits.' },
  demo: {
    description: 'A rate limit, a revoked token and a late entry on the way; everything can still be had.',
    limits: roomy,
    rules: [
      { match: { ...entries, nth: 20 }, action: { type: 'status', status: 429, retryAfterSeconds: 1 } },
      { match: { ...entries, nth: 45 }, action: { type: 'revoke-tokens' } },
      { match: { ...entries, conversation: 'long', page: 'next' }, action: { type: 'append-entry' } },
    ],
  },
  storm: {
    description: 'Small shuffled pages with payloads as strings, and one request in five fails in one way or another.',
    limits: roomy,
    switches: { pageCap: 7, order: 'shuffled', payload: 'string', timestampUnit: 'mixed', timestampField: 'both' },
    rules: [
      { match: { ...entries, probability: 0.03 }, action: { type: 'status', status: 429, retryAfterSeconds: 0 } },
      { match: { ...entries, probability: 0.03 }, action: { type: 'status', status: 503, body: 'html' } },
      { match: { ...entries, probability: 0.03 }, action: { type: 'reset', when: 'before-headers' } },
      { match: { ...entries, probability: 0.03 }, action: { type: 'reset', when: 'in-body' } },
      { match: { ...entries, probability: 0.03 }, action: { type: 'truncate' } },
      { match: { ...entries, probability: 0.02 }, action: { type: 'login-page' } },
      { match: { ...entries, page: 'next', probability: 0.1 }, action: { type: 'duplicate-page' } },
      { match: { ...entries, probability: 0.05 }, action: { type: 'short-page', entries: 1 } },
      { match: { ...entries, probability: 0.05 }, action: { type: 'empty-page' } },
      { match: { ...entries, conversation: 'long', page: 'next' }, action: { type: 'append-entry', count: 3 } },
      { match: { ...entries, nth: 30 }, action: { type: 'revoke-tokens' } },
      { match: { ...entries, nth: 90 }, action: { type: 'revoke-tokens' } },
      { match: { endpoint: 'query', probability: 0.1 }, action: { type: 'status', status: 503 } },
      { match: { endpoint: 'token', nth: 2 }, action: { type: 'status', status: 503 } },
    ],
  },

  'rate-limited': one(
    '429 with Retry-After in seconds.',
    { ...entries, nth: 3 },
    { type: 'status', status: 429, retryAfterSeconds: 1 },
    { times: 2 },
  ),
  'rate-limited-date': one(
    '429 with Retry-After as a date.',
    { ...entries, nth: 3 },
    { type: 'status', status: 429, retryAfterSeconds: 1, retryAfterForm: 'date' },
  ),
  'rate-limited-silent': one(
    '429 that does not say how long to wait.',
    { ...entries, nth: 3 },
    { type: 'status', status: 429 },
    { times: 2 },
  ),
  'query-limited': one(
    '403 REQUEST_LIMIT_EXCEEDED for one query: the day’s allowance is used up.',
    { endpoint: 'query', nth: 1 },
    { type: 'status', status: 403 },
    { outcome: 'failed' },
  ),
  unavailable: one('503 for a while.', { ...entries, nth: 2 }, { type: 'status', status: 503 }, { times: 3 }),
  'server-error-html': one(
    '500 with a page of HTML.',
    { ...entries, nth: 2 },
    { type: 'status', status: 500, body: 'html' },
  ),
  'token-refused': one(
    'The token endpoint fails once.',
    { endpoint: 'token', nth: 1 },
    { type: 'status', status: 503 },
  ),
  'token-revoked': one('All tokens are revoked in mid-run.', { ...entries, nth: 10 }, { type: 'revoke-tokens' }),
  'token-revoked-in-census': one(
    'All tokens are revoked before the second query.',
    { endpoint: 'query', nth: 2 },
    { type: 'revoke-tokens' },
  ),
  'token-opaque': {
    description: 'The app issues opaque tokens; the gateway answers 404.',
    outcome: 'failed',
    limits: roomy,
    switches: { tokenFormat: 'opaque' },
  },
  'api-switched-off': {
    description: 'The Conversation Data API is switched off in the org; the gateway answers 404.',
    outcome: 'failed',
    limits: roomy,
    switches: { conversationApi: false },
  },
  'conversation-gone': one(
    '404 for one conversation, for good.',
    { ...entries, conversation: 9 },
    { type: 'status', status: 404 },
    { times: 'always', outcome: 'incomplete' },
  ),
  'conversation-forbidden': one(
    '403 for one conversation, for good.',
    { ...entries, conversation: 9 },
    { type: 'status', status: 403 },
    { times: 'always', outcome: 'incomplete' },
  ),
  truncated: one('A body that lacks its end.', { ...entries, nth: 4 }, { type: 'truncate' }),
  'cut-off': one(
    'A connection that breaks before the announced length.',
    { ...entries, nth: 4 },
    { type: 'truncate', how: 'cut' },
  ),
  trickle: one('A body that comes byte by byte.', { ...entries, nth: 4 }, { type: 'trickle' }),
  slow: one('An answer that takes its time.', { ...entries, nth: 4 }, { type: 'delay', ms: 40 }),
  'reset-before-headers': one(
    'A connection reset before any answer.',
    { ...entries, nth: 4 },
    { type: 'reset', when: 'before-headers' },
  ),
  'reset-after-headers': one(
    'A connection reset after the headers.',
    { ...entries, nth: 4 },
    { type: 'reset', when: 'after-headers' },
  ),
  'reset-in-body': one('A connection reset in the body.', { ...entries, nth: 4 }, { type: 'reset', when: 'in-body' }),
  'login-page': one('200 with the HTML of a login page.', { ...entries, nth: 4 }, { type: 'login-page' }),
  'cursor-lost': one(
    'Query cursors expire under the reader.',
    { endpoint: 'query-more', nth: 1 },
    { type: 'lose-cursors' },
  ),

  'duplicated-pages': one(
    'Pages bring the entries of the page before once more.',
    { ...entries, page: 'next' },
    { type: 'duplicate-page' },
    { times: 'always', switches: { pageCap: 10 } },
  ),
  'short-page': one(
    'A short page that is not the last.',
    entries,
    { type: 'short-page', entries: 3 },
    { times: 'always' },
  ),
  'empty-page': one(
    'An empty page that is not the last.',
    { ...entries, page: 'next' },
    { type: 'empty-page' },
    { times: 5, switches: { pageCap: 10 } },
  ),
  'late-entry': one(
    'An entry is appended between two pages.',
    { ...entries, conversation: 'long', page: 'next' },
    { type: 'append-entry' },
  ),
  'late-entry-behind': one(
    'A held-up entry appears further up while pages are read.',
    { ...entries, conversation: 'long', page: 'next' },
    { type: 'append-entry', position: 'middle' },
  ),
  ties: {
    description: 'All entries of two conversations share one timestamp, across the borders of pages.',
    limits: roomy,
    switches: { pageCap: 10 },
    world: { ties: [1, 'long'] },
  },
  'repeated-token': one(
    'The token for the next page is the one for this page, for good.',
    { ...entries, conversation: 'long' },
    { type: 'repeat-token' },
    { times: 'always', outcome: 'incomplete' },
  ),
  'malformed-entry': one(
    'An entry without identifier, for good.',
    { ...entries, conversation: 2 },
    { type: 'malformed-entry', how: 'no-identifier' },
    { times: 'always', outcome: 'incomplete' },
  ),
  'malformed-timestamp': one(
    'An entry whose timestamp is a word, for good.',
    { ...entries, conversation: 2 },
    { type: 'malformed-entry', how: 'text-timestamp' },
    { times: 'always', outcome: 'incomplete' },
  ),
  'malformed-payload': {
    description: 'A payload that is a string and no JSON, for good. It is kept as it is.',
    limits: roomy,
    switches: { payload: 'string' },
    rules: [
      {
        match: { ...entries, conversation: 2 },
        times: 'always',
        action: { type: 'malformed-entry', how: 'broken-payload' },
      },
    ],
  },
  'missing-entries': {
    description: 'A session claims more messages than the org gives out.',
    outcome: 'incomplete',
    limits: roomy,
    world: { missing: [{ conversation: 4, agentMessages: 1, endUserMessages: 2 }] },
  },
  'orphan-sessions': {
    description: 'Sessions that belong to no conversation.',
    outcome: 'incomplete',
    limits: roomy,
    world: { orphanSessions: 2 },
  },

  shuffled: { description: 'Entries in no order.', limits: roomy, switches: { order: 'shuffled', pageCap: 10 } },
  descending: { description: 'Newest entries first.', limits: roomy, switches: { order: 'descending', pageCap: 10 } },
  'payload-strings': { description: 'Payloads as strings of JSON.', limits: roomy, switches: { payload: 'string' } },
  seconds: { description: 'Client timestamps in seconds.', limits: roomy, switches: { timestampUnit: 'mixed' } },
  'no-page-tokens': {
    description: 'No page tokens: pages have to be cut by time.',
    limits: roomy,
    switches: { pageTokens: false },
  },
  'one-page-only': {
    description: 'No page tokens and no windows of time: what does not fit on one page cannot be had.',
    outcome: 'incomplete',
    limits: roomy,
    switches: { pageTokens: false, timestamps: 'ignored' },
  },
}
