import { execFileSync } from 'node:child_process'
import { existsSync, globSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { oneRegExpSource } from '../contenders/one-reg-exp.ts'
import { type Contender, program } from './measured-process.ts'
import type { BulkInput } from './write-input.ts'

const cores = String(availableParallelism())
const root = join(import.meta.dirname, '../../..')
const duckdb = join(root, 'benchmarks/duckdb')
const custody = join(root, 'custody')

/** Where everything is written that is thrown away again. */
export interface Scratch {
  readonly folder: string
}

/** One entry a line in, redacted CSV in a ZIP out. */
export function chainContenders({ lines }: BulkInput, { folder }: Scratch): readonly Contender[] {
  const out = join(folder, 'chain')
  const zip = `${out}.zip`
  const ours = (level: string, jobs: string): readonly string[] => program('chains/ours.ts', lines, out, level, jobs)
  return [
    written('naive, one RegExp, level 6', program('chains/naive.ts', lines, zip, 'regexp'), zip),
    written('naive, our redactor, level 6', program('chains/naive.ts', lines, zip, 'custody'), zip),
    written('ours, level 6, 1 job', ours('6', '1'), zip),
    written(`ours, level 6, ${cores} jobs`, ours('6', cores), zip),
    written(`ours, level 1, ${cores} jobs`, ours('1', cores), zip),
  ]
}

/** The same without a ZIP. DuckDB is installed where it is missing and the registry can be reached. */
export function tableContenders({ lines }: BulkInput, { folder }: Scratch): readonly Contender[] {
  const out = join(folder, 'table')
  const csv = join(out, 'entries.csv')
  const ours = (jobs: string): readonly string[] => program('chains/ours.ts', lines, out, 'none', jobs)
  const both = [written('ours, 1 job', ours('1'), csv), written(`ours, ${cores} jobs`, ours(cores), csv)]
  if (!hasDuckdb()) return both
  // Its engine of regular expressions repeats no more than this.
  const pattern = oneRegExpSource.replaceAll(',2000}', ',1000}')
  const file = `${out}.csv`
  const command = [process.execPath, join(duckdb, 'to-csv.mjs'), lines, file, cores, pattern]
  return [...both, written(`DuckDB, one RegExp, ${cores} threads`, command, file)]
}

/** A plain archive in, a redacted one with tables out: verified, redacted with all that its people are known by, hashed, packed. */
export function archiveContenders({ archive }: BulkInput, { folder }: Scratch): readonly Contender[] {
  const key = join(folder, 'key')
  writeFileSync(key, 'ab'.repeat(32))
  const out = join(folder, 'redacted')
  const flags = ['--policy', 'default', '--key-file', key, '--formats', 'csv', '--quiet', '--out', out]
  return ['1', cores].map((jobs) =>
    written(
      `custody redact, ${jobs} ${jobs === '1' ? 'job' : 'jobs'}`,
      [custody, 'redact', archive, ...flags, '--jobs', jobs],
      join(out, 'plain.redacted.zip'),
    ),
  )
}

/** The files of an archive into a ZIP. */
export function zipContenders({ archive }: BulkInput, { folder }: Scratch): readonly Contender[] {
  const zip = join(folder, 'packed.zip')
  const pack = (how: string, level: number): readonly string[] =>
    program('chains/pack-folder.ts', archive, zip, how, String(level))
  return [
    written('archiver, level 6', pack('archiver', 6), zip),
    ...[6, 4, 1].map((level) => written(`ours, level ${level}`, pack('ours', level), zip)),
    ...installed('zip', [written('zip -6', ['zip', '-6qr', zip, archive], zip)]),
    ...installed('7zz', [written('7zz -mx1', ['7zz', 'a', '-tzip', '-mx1', '-bso0', '-bsp0', zip, archive], zip)]),
  ]
}

/** A folder and a ZIP, checked by us and by what every machine has. */
export function verifyContenders({ archive }: BulkInput, { folder }: Scratch): readonly Contender[] {
  const zip = join(folder, 'verified.zip')
  if (!existsSync(zip)) execFileSync('zip', ['-6qr', zip, basename(archive)], { cwd: dirname(archive) })
  const sums = 'sha256sum -c --quiet manifest-sha256.txt tagmanifest-sha256.txt'
  return [
    { name: 'custody verify, folder', command: [custody, 'verify', archive, '--quiet'] },
    { name: 'sha256sum -c', command: ['sh', '-c', `cd '${archive}' && ${sums}`] },
    { name: 'custody verify, ZIP', command: [custody, 'verify', zip, '--quiet'] },
    { name: 'unzip -t, then sha256sum -c', command: ['sh', '-c', `unzip -tqq '${zip}' && cd '${archive}' && ${sums}`] },
  ]
}

export function startContenders(): readonly Contender[] {
  return [
    { name: 'custody --help', command: [custody, '--help'] },
    { name: 'custody redact --help', command: [custody, 'redact', '--help'] },
    { name: 'node -e 0', command: [process.execPath, '-e', '0'] },
  ]
}

function written(name: string, command: readonly string[], file: string): Contender {
  const stem = file.replace(/\/(entries\.csv|plain\.redacted\.zip)$/, '')
  return {
    name,
    command,
    before: () => {
      for (const left of [file, ...globSync(`${stem}*`)]) rmSync(left, { recursive: true, force: true })
    },
    bytes: () => statSync(file).size,
  }
}

function installed(command: string, contenders: readonly Contender[]): readonly Contender[] {
  try {
    execFileSync('sh', ['-c', `command -v ${command}`], { stdio: 'ignore' })
    return contenders
  } catch {
    return []
  }
}

function hasDuckdb(): boolean {
  if (existsSync(join(duckdb, 'node_modules/@duckdb'))) return true
  try {
    execFileSync('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--ignore-scripts'], {
      cwd: duckdb,
      stdio: 'ignore',
    })
    return true
  } catch {
    return false
  }
}
