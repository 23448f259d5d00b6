/** 'CuLe' */
export const LEDGER_APPLICATION_ID = 0x43754c65

/**
 * Times are epoch milliseconds. Identifiers of conversations and entries are there as keyed hashes alone.
 *
 * `entry` is a history: each run adds rows of its own, and a row counts from the moment its run is archived. What stands at an
 * (org, time, key) is the row of the run archived last; a row without a digest says that the entry vanished.
 */
export const ledgerMigrations: readonly string[] = [
  `
  create table ledger (
    one integer primary key check (one = 1),
    key_check blob
  ) strict;
  insert into ledger values (1, null);

  create table org (
    n integer primary key,
    name text not null unique
  ) strict;

  create table run (
    n integer primary key,
    id text not null unique,
    org integer not null references org (n),
    window_from integer not null,
    window_to integer not null,
    job_digest text not null,
    state text not null check (state in ('running', 'archived', 'failed', 'abandoned')),
    started_at integer not null,
    ended_at integer,
    archive text,
    verdict text,
    code text,
    archived_as integer unique, -- counts archived runs, in the order in which their entries came to count
    check (window_from < window_to),
    check ((state = 'running') = (ended_at is null)),
    check ((state = 'archived') = (archived_as is not null)),
    check ((state = 'archived') = (archive is not null))
  ) strict;
  create index run_by_job on run (org, job_digest, n);

  create table window (
    n integer primary key,
    org integer not null references org (n),
    opens integer not null,
    closes integer not null,
    amends integer not null check (amends in (0, 1)),
    state text not null check (state in ('open', 'settling', 'sealed')),
    archive text,
    seal_digest text,
    sealed_at integer,
    audited_at integer,
    check (opens < closes),
    check ((state = 'sealed') = (archive is not null and seal_digest is not null and sealed_at is not null)),
    check (state = 'sealed' or audited_at is null)
  ) strict;
  create index window_by_time on window (org, opens, n);

  create table entry (
    org integer not null references org (n),
    sent_at integer not null,
    key blob not null check (length(key) = 16),
    run integer not null references run (n),
    conversation blob not null check (length(conversation) = 16),
    digest blob check (digest is null or length(digest) = 32),
    primary key (org, sent_at, key, run)
  ) strict, without rowid;

  create table amendment (
    n integer primary key,
    run integer not null references run (n),
    org integer not null references org (n),
    kind text not null check (kind in ('late', 'changed', 'vanished')),
    key blob not null check (length(key) = 16),
    conversation blob not null check (length(conversation) = 16),
    sent_before integer,
    sent_after integer,
    before blob check (before is null or length(before) = 32),
    after blob check (after is null or length(after) = 32),
    check ((before is null) = (sent_before is null)),
    check ((after is null) = (sent_after is null)),
    check (kind = case when before is null then 'late' when after is null then 'vanished' else 'changed' end)
  ) strict;
  create index amendment_by_run on amendment (run, n);
  create index amendment_by_entry on amendment (run, key);
  create index amendment_by_org on amendment (org, n);

  -- Which sealed windows a run has read again as a whole.
  create table audit (
    run integer not null references run (n),
    window integer not null references window (n),
    primary key (run, window)
  ) strict, without rowid;

  create table gap (
    n integer primary key,
    org integer not null references org (n),
    run integer not null references run (n),
    opens integer not null,
    closes integer not null,
    code text not null,
    conversation blob check (conversation is null or length(conversation) = 16),
    filled_by integer references run (n),
    check (opens < closes)
  ) strict;
  create index gap_by_org on gap (org, n);
  create index gap_by_run on gap (run, n);
  create index gap_by_filler on gap (filled_by) where filled_by is not null;

  create table audit_head (
    org integer primary key references org (n),
    size integer not null check (size >= 0),
    root text not null
  ) strict;
  `,
]
