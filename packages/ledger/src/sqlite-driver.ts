import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { usageError } from '@custody/pipeline'
import { databaseError, type SqliteFailure } from './database-error.ts'

// The only file that knows which library drives SQLite. better-sqlite3 has the same calls.

/** What a statement takes and gives. */
export type SqlValue = null | number | string | Uint8Array

/** A row, by the names of its columns. */
export type Row = { readonly [column: string]: SqlValue }

/** A statement that is prepared once. */
export interface Statement {
  /** How many rows it changed. */
  run(...values: readonly SqlValue[]): number
  get<R extends Row>(...values: readonly SqlValue[]): R | undefined
  all<R extends Row>(...values: readonly SqlValue[]): readonly R[]
  /** One row at a time; nothing else may use this statement meanwhile. */
  iterate<R extends Row>(...values: readonly SqlValue[]): Iterable<R>
}

/** One connection. Whatever it throws is a `CustodyError`, see {@link databaseError}. */
export interface Database {
  readonly path: string
  exec(sql: string): void
  /** Prepared once for each text. */
  prepare(sql: string): Statement
  /** Runs `work` in a transaction that takes the right to write at its beginning. `work` must not wait for anything. */
  write<T>(work: () => T): T
  close(): void
}

export interface SqliteOptions {
  readonly readOnly: boolean
  readonly busyTimeoutMs: number
}

export function openSqlite(path: string, { readOnly, busyTimeoutMs }: SqliteOptions): Database {
  let broken: unknown = null
  let closed = false
  /** After a failed write or flush nobody knows what is on the disk: only opening anew finds out. */
  const guard = <T>(work: () => T): T => {
    if (broken !== null) throw broken
    if (closed) throw usageError('LEDGER_CLOSED', `${path} is closed.`)
    try {
      return work()
    } catch (error) {
      const failure = sqliteFailure(error)
      if (failure === null) throw error
      const translated = databaseError(path, failure, error)
      if (failure === 'disk') broken = translated
      throw translated
    }
  }

  const connection = guard(() => new DatabaseSync(path, { readOnly, timeout: busyTimeoutMs }))
  const statements = new Map<string, Statement>()
  const exec = (sql: string): void => guard(() => connection.exec(sql))

  return {
    path,
    exec,
    prepare(sql) {
      const known = statements.get(sql)
      if (known !== undefined) return known
      const statement = wrap(
        guard(() => connection.prepare(sql)),
        guard,
      )
      statements.set(sql, statement)
      return statement
    },
    write(work) {
      if (readOnly) throw usageError('LEDGER_READ_ONLY', `${path} is open for reading only.`)
      exec('begin immediate')
      try {
        const result = work()
        exec('commit')
        return result
      } catch (error) {
        // A full disk may have ended it already; a broken one cannot be asked any more, and closing ends it.
        if (connection.isTransaction && broken === null) exec('rollback')
        throw error
      }
    },
    close() {
      closed = true
      if (connection.isOpen) connection.close()
    },
  }
}

function wrap(statement: StatementSync, guard: <T>(work: () => T) => T): Statement {
  return {
    run: (...values) => guard(() => Number(statement.run(...values).changes)),
    get: <R extends Row>(...values: readonly SqlValue[]) => guard(() => statement.get(...values) as R | undefined),
    all: <R extends Row>(...values: readonly SqlValue[]) => guard(() => statement.all(...values) as unknown as R[]),
    *iterate<R extends Row>(...values: readonly SqlValue[]) {
      const rows = guard(() => statement.iterate(...values))
      for (let next = guard(() => rows.next()); !next.done; next = guard(() => rows.next())) yield next.value as R
    },
  }
}

/** https://sqlite.org/rescode.html: the lower eight bits are the primary code. */
const failures: Readonly<Record<number, SqliteFailure>> = {
  5: 'busy',
  6: 'busy',
  8: 'no-access',
  10: 'disk',
  11: 'damaged',
  13: 'full',
  14: 'no-access',
  26: 'damaged',
}

/** What SQLite refused, or null for any other error. */
function sqliteFailure(error: unknown): SqliteFailure | null {
  if (typeof error !== 'object' || error === null) return null
  const { code, errcode } = error as { readonly code?: unknown; readonly errcode?: unknown }
  if (code !== 'ERR_SQLITE_ERROR' || typeof errcode !== 'number') return null
  return failures[errcode & 0xff] ?? null
}
