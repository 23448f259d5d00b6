import { closeSync, existsSync, fsyncSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { CustodyError } from '@custody/pipeline'
import { fileError } from './database-error.ts'
import { assertLocalFileSystem } from './network-file-system.ts'
import { createPrivateFile } from './private-file.ts'
import { type Database, openSqlite, type SqlValue } from './sqlite-driver.ts'

/** Which file is opened, for which program, by which steps. */
export interface DatabaseOptions {
  readonly path: string
  /** Tells our files from those of others: four letters as a number. */
  readonly applicationId: number
  /** The schema, step by step. Number n leads to version n; none is ever changed, and there is no way back. */
  readonly migrations: readonly string[]
  /** To look only: nothing is made, and an older form is refused. @defaultValue `false` */
  readonly readOnly?: boolean
  /** How long a statement waits for another process, with the whole process standing still. @defaultValue 5 s */
  readonly busyTimeoutMs?: number
  /**
   * What a commit outlives: `power-cut`, or only the end of its `process`, which takes a thirtieth of the time.
   * @defaultValue `'power-cut'`
   */
  readonly commitOutlives?: 'power-cut' | 'process'
}

const defaultBusyTimeoutMs = 5_000

/** A connection with its settings read back, to a file that is ours and of this version. */
export function openDatabase(options: DatabaseOptions): Database {
  const { path, readOnly = false, busyTimeoutMs = defaultBusyTimeoutMs } = options
  if (readOnly && !existsSync(path)) throw notFound(path)
  if (!readOnly) prepareFile(path)
  assertLocalFileSystem(dirname(path))
  const database = openSqlite(path, { readOnly, busyTimeoutMs })
  try {
    // Nothing is changed in a file before it is known to be ours.
    const version = ourVersion(database, options)
    applySettings(database, options)
    if (version < options.migrations.length) {
      if (readOnly) throw older(path)
      migrate(database, options)
      syncDirectory(dirname(path))
    }
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

function prepareFile(path: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    createPrivateFile(path)
  } catch (error) {
    throw fileError(path, error)
  }
}

function ourVersion(database: Database, { path, applicationId, migrations, readOnly }: DatabaseOptions): number {
  // In one statement: another process may be making it at this moment.
  const found = database
    .prepare(`select user_version as version, application_id as application,
      (select count(*) from sqlite_schema) as tables from pragma_user_version, pragma_application_id`)
    .get<{ readonly version: number; readonly application: number; readonly tables: number }>()
  const { version, application, tables } = found ?? { version: 0, application: 0, tables: 0 }
  const isEmpty = application === 0 && version === 0 && tables === 0
  if (isEmpty && readOnly) throw notFound(path)
  if (application !== applicationId && !isEmpty) throw foreign(path)
  if (version > migrations.length) throw newer(path, version, migrations.length)
  return version
}

/** https://sqlite.org/pragma.html#pragma_synchronous */
const synchronous = { process: 1, 'power-cut': 2 } as const

/** Sets what durability rests on, and believes only what is read back. */
function applySettings(database: Database, options: DatabaseOptions): void {
  const { readOnly = false, busyTimeoutMs = defaultBusyTimeoutMs, commitOutlives = 'power-cut' } = options
  if (!readOnly) database.exec('pragma journal_mode = wal')
  // macOS flushes to the disk itself only when asked for; elsewhere this does nothing.
  database.exec(`pragma synchronous = ${synchronous[commitOutlives]}; pragma fullfsync = on; pragma foreign_keys = on`)
  const expected: Readonly<Record<string, SqlValue>> = {
    journal_mode: 'wal',
    synchronous: synchronous[commitOutlives],
    foreign_keys: 1,
    busy_timeout: busyTimeoutMs,
  }
  for (const [name, value] of Object.entries(expected)) {
    const actual = pragma(database, name)
    if (actual === value || (readOnly && name === 'journal_mode' && actual === 'delete')) continue
    throw new CustodyError('LEDGER_SETTINGS', `${database.path}: ${name} is ${actual}, and has to be ${value}.`, {
      actions: [
        'Put `state.directory` on a file system with locks and shared memory, such as ext4, XFS, APFS or NTFS.',
      ],
    })
  }
}

function migrate(database: Database, { applicationId, migrations }: DatabaseOptions): void {
  database.write(() => {
    // Another process may have been faster.
    for (let at = Number(pragma(database, 'user_version')); at < migrations.length; at++) {
      database.exec(migrations[at] ?? '')
    }
    database.exec(`pragma application_id = ${applicationId}; pragma user_version = ${migrations.length}`)
  })
}

function pragma(database: Database, name: string): SqlValue {
  const row = database.prepare(`pragma ${name}`).get() ?? {}
  return Object.values(row)[0] ?? null
}

/** Flushes a directory, so that a name just given in it outlives a power cut. Windows has no such call and needs none. */
export function syncDirectory(directory: string): void {
  if (process.platform === 'win32') return
  const handle = openSync(directory, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

function notFound(path: string): CustodyError {
  return new CustodyError('LEDGER_NOT_FOUND', `There is no ${path}: nothing was archived with this state directory.`, {
    kind: 'not-found',
    actions: ['Check `state.directory`.'],
  })
}

function foreign(path: string): CustodyError {
  return new CustodyError('LEDGER_FOREIGN', `${path} is a database of another program.`, {
    kind: 'refused',
    actions: ['Give Custody a state directory of its own.'],
  })
}

function newer(path: string, version: number, known: number): CustodyError {
  return new CustodyError('LEDGER_NEWER', `${path} has schema version ${version}; this Custody knows up to ${known}.`, {
    kind: 'refused',
    actions: ['Run the newer Custody that wrote it.'],
  })
}

function older(path: string): CustodyError {
  return new CustodyError(
    'LEDGER_OLDER',
    `${path} has a schema from before this Custody, and is open for reading only.`,
    {
      kind: 'refused',
      retryable: true,
      actions: ['Run `custody archive` once: it brings the ledger up to date.'],
    },
  )
}
