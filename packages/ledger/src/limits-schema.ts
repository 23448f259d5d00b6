/** 'CuLi' */
export const LIMITS_APPLICATION_ID = 0x43754c69

/**
 * Times are milliseconds of the machine's steady time, which `steady` continues over restarts.
 *
 * `call` is what was let through: number n may go when number n - limit has left the window.
 */
export const limitsMigrations: readonly string[] = [
  `
  create table steady (
    one integer primary key check (one = 1),
    now_ms real not null,
    uptime_ms real not null,
    wall_ms real not null,
    boot text
  ) strict;

  create table rate (
    n integer primary key,
    name text not null unique,
    calls integer not null default 0,
    paused_until real,
    next_due real,
    keep_ms real not null default 0
  ) strict;

  create table call (
    rate integer not null references rate (n),
    n integer not null,
    at real not null,
    primary key (rate, n)
  ) strict, without rowid;

  create table waiting (
    rate integer not null references rate (n),
    taker text not null,
    since real not null,
    expected real not null,
    primary key (rate, taker)
  ) strict, without rowid;

  create table active (
    org text not null,
    conversation blob not null check (length(conversation) = 16),
    read_at real not null,
    primary key (org, conversation)
  ) strict, without rowid;
  create index active_by_time on active (org, read_at);

  create table salt (
    one integer primary key check (one = 1),
    salt blob not null
  ) strict;
  insert into salt values (1, randomblob(32));
  `,
]
