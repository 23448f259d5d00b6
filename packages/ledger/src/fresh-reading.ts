import { toHex } from './amendments.ts'
import { type EntryRow, UNKNOWN_DIGEST } from './entry-row.ts'
import type { Database } from './sqlite-driver.ts'

/** A type alias, so that a row of the database can be one. */
export type Difference = {
  readonly key: Uint8Array
  readonly conversation: Uint8Array
  /** Null for what no archive has. */
  readonly sentBefore: number | null
  readonly before: Uint8Array | null
  /** Null for what was not read any more. */
  readonly sentAfter: number | null
  readonly after: Uint8Array | null
}

const temporaryTables = `
  create temp table fresh (
    sent_at integer, key blob, conversation blob, digest blob, primary key (sent_at, key)
  ) strict, without rowid;
  create temp table surplus (
    key blob, sent_at integer, conversation blob, digest blob, primary key (key, sent_at)
  ) strict, without rowid;
  create temp table missing (
    key blob, sent_at integer, conversation blob, digest blob, primary key (key, sent_at)
  ) strict, without rowid;
  create temp table come (
    key blob, i integer, sent_at integer, conversation blob, digest blob, primary key (key, i)
  ) strict, without rowid;
  create temp table gone (
    key blob, i integer, sent_at integer, conversation blob, digest blob, primary key (key, i)
  ) strict, without rowid;
  create temp table differing (
    key blob, conversation blob, sent_at integer, before blob, after blob
  ) strict;
`

/** Of a place: the digest that the run archived last gives it; null where none has it, or where it vanished. */
const currentDigest = `(
  select entry.digest from entry cross join run on run.n = entry.run
    where entry.org = ?1 and entry.sent_at = fresh.sent_at and entry.key = fresh.key and archived_as is not null
    order by archived_as desc limit 1
)`

const findDiffering = `
  insert into differing
    select key, conversation, sent_at, current, digest
      from (select *, ${currentDigest} as current from fresh where sent_at >= ?2 and sent_at < ?3)
      where current <> digest`

const findSurplus = `
  insert into surplus
    select key, sent_at, conversation, digest
      from (select *, ${currentDigest} as current from fresh where sent_at >= ?2 and sent_at < ?3)
      where current is null`

// Of the rows of a group SQLite takes the values from the one that has the maximum.
const findMissing = `
  insert into missing
    select key, sent_at, conversation, digest from (
      select sent_at, key, conversation, digest, max(archived_as)
        from entry cross join run on run.n = entry.run
        where entry.org = ?1 and sent_at >= ?2 and sent_at < ?3 and archived_as is not null
        group by sent_at, key
    ) as archived
    where digest is not null
      and not exists (select 1 from fresh where fresh.sent_at = archived.sent_at and fresh.key = archived.key)`

// What is missing at one time and there at another has moved; of several, the first with the first.
const pairUp = `
  insert into come select key, row_number() over (partition by key order by sent_at), sent_at, conversation, digest from surplus;
  insert into gone select key, row_number() over (partition by key order by sent_at), sent_at, conversation, digest from missing;
`

const unknown = `x'${toHex(UNKNOWN_DIGEST)}'`

// In the order of time, as they will be stored.
const readDifferences = `
  select key, conversation, sent_at as sentBefore, sent_at as sentAfter, before, after, sent_at as place
    from differing where before <> ${unknown}
  union all
  select come.key, come.conversation, gone.sent_at, come.sent_at, gone.digest, come.digest, come.sent_at
    from come left join gone using (key, i)
  union all
  select key, conversation, sent_at, null, digest, null, sent_at from gone
    where ? and not exists (select 1 from come where come.key = gone.key and come.i = gone.i)
  order by place`

// Of what was known by name alone there is no change to tell.
const readAdopted = `
  select key, conversation, sent_at as sentAfter, after from differing where before = ${unknown} order by sent_at`

/** An entry that archives have with a digest nobody knew, as it was read now. */
export type Adopted = Pick<Difference, 'key' | 'conversation'> & {
  readonly sentAfter: number
  readonly after: Uint8Array
}

/**
 * A reading beside what archives have of the same time. It lies in temporary tables, on disk as soon as it is large, and
 * holds hashes only. The database compares both sides, stretch by stretch; only what differs comes out of it.
 */
export class FreshReading {
  readonly #reader: Database
  readonly #org: number
  readonly #opens: number
  readonly #closes: number

  constructor(
    reader: Database,
    { org, opens, closes }: { readonly org: number; readonly opens: number; readonly closes: number },
  ) {
    this.#reader = reader
    this.#org = org
    this.#opens = opens
    this.#closes = closes
    // What is temporary needs no way back.
    reader.exec(`pragma temp.journal_mode = off; pragma temp.cache_size = -16384; begin; ${temporaryTables}`)
  }

  add(rows: readonly EntryRow[]): void {
    // Twice in one reading: as in recordEntries, the lower digest, whatever the order.
    const add = this.#reader.prepare(`insert into fresh values (?, ?, ?, ?)
      on conflict do update set digest = excluded.digest where excluded.digest < digest`)
    for (const { sentAt, key, conversation, digest } of rows) add.run(sentAt, key, conversation, digest)
  }

  /** How many different entries were read. */
  get size(): number {
    return this.#reader.prepare('select count(*) as n from fresh').get<{ readonly n: number }>()?.n ?? 0
  }

  /** Compares, and yields after about every `rows` of them. */
  *match(rows: number): Generator<void> {
    const steps = [findDiffering, findSurplus, findMissing].map((sql) => this.#reader.prepare(sql))
    for (let from = this.#opens; from < this.#closes; ) {
      const to = this.#stretchEnd(from, rows)
      for (const step of steps) step.run(this.#org, from, to)
      from = to
      yield
    }
  }

  /** After the match: what differs. */
  differences({ vanished }: { readonly vanished: boolean }): Iterable<Difference> {
    this.#reader.exec(pairUp)
    return this.#reader.prepare(readDifferences).iterate<Difference>(Number(vanished))
  }

  /** After the match: what is known by more than its name from now on. */
  adopted(): Iterable<Adopted> {
    return this.#reader.prepare(readAdopted).iterate<Adopted>()
  }

  /** Where neither side has many more than `rows` from `from` on; entries of the same millisecond are not parted. */
  #stretchEnd(from: number, rows: number): number {
    const next = this.#reader
      .prepare(`select min(
        coalesce((select sent_at from fresh where sent_at >= ?2 and sent_at < ?3 order by sent_at limit 1 offset ?4), ?3),
        coalesce((select sent_at from entry where org = ?1 and sent_at >= ?2 and sent_at < ?3
          order by sent_at limit 1 offset ?4), ?3)) as next`)
      .get<{ readonly next: number }>(this.#org, from, this.#closes, rows)
    return Math.max(next?.next ?? this.#closes, from + 1)
  }
}
