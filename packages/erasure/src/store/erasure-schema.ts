/** 'CuEr' */
export const ERASURE_APPLICATION_ID = 0x43754572

/**
 * Times are epoch milliseconds. What identifies a person stands in `sealed` columns alone, encrypted, and is null once the request is
 * closed; a `key` is a keyed hash.
 */
export const erasureMigrations: readonly string[] = [
  `
  create table erasure (
    one integer primary key check (one = 1),
    key_check blob not null check (length(key_check) = 16)
  ) strict;

  create table request (
    n integer primary key,
    reference text not null unique,
    regime text not null check (regime in ('gdpr', 'ccpa', 'own')),
    received_on text not null,
    due_on text not null,
    jurisdiction text,
    manner text,
    about text not null check (about in ('person', 'conversations')),
    state text not null,
    content_key blob not null check (length(content_key) = 16), -- of all that was asked for: the same request is known again
    sealed blob,
    added_at integer not null,
    closed_at integer,
    check ((state in ('closed', 'withdrawn')) = (closed_at is not null)),
    check ((sealed is null) = (closed_at is not null))
  ) strict;
  create index request_by_state on request (state, due_on);

  create table identifier (
    request integer not null references request (n),
    key blob not null check (length(key) = 16),
    primary key (request, key)
  ) strict, without rowid;
  create index identifier_by_key on identifier (key);

  create table target (
    n integer primary key,
    request integer not null references request (n),
    kind text not null check (kind in ('end-user', 'conversation')),
    key blob not null check (length(key) = 16),
    sealed_id blob,
    state text not null,
    outcome text not null,
    ground text,
    calls integer not null check (calls >= 0),
    user text,
    log_id text,
    updated_at integer not null,
    unique (request, kind, key),
    check (outcome <> 'erased' or state = 'confirmed')
  ) strict;

  create table trace (
    target integer primary key references target (n) on delete cascade,
    sealed blob not null
  ) strict;

  create table plan (
    request integer primary key references request (n),
    digest text not null,
    sealed blob,
    saved_at integer not null
  ) strict;

  create table approval (
    request integer not null references request (n),
    plan_digest text not null,
    operator text not null,
    at integer not null,
    primary key (request, plan_digest, operator)
  ) strict, without rowid;

  create table hold (
    n integer primary key,
    id text not null unique,
    matter text not null,
    ground text not null check (ground in ('legal-hold', 'statutory-retention')),
    sealed blob not null,
    author text not null,
    expires_on text,
    placed_at integer not null,
    asked_by text,
    asked_at integer,
    asked_for text,
    released_at integer,
    released_by text,
    confirmed_by text,
    check ((asked_by is null) = (asked_at is null)),
    check ((released_by is null) = (released_at is null))
  ) strict;

  create table event (
    n integer primary key,
    at integer not null,
    request integer references request (n),
    target blob,
    act text not null,
    operator text,
    detail text not null
  ) strict;
  create index event_by_request on event (request, n);

  create table suppressed (
    key blob primary key check (length(key) = 16),
    since integer not null
  ) strict, without rowid;
  `,
  `
  alter table request add column measure text not null default 'erase' check (measure in ('erase', 'mask'));
  alter table request add column first_due_on text;
  alter table request add column extension_reason text check ((extension_reason is null) = (first_due_on is null));
  `,
]
