// Speed of whole chains beside others: pnpm bench [--entries N] [--rounds N] [--growth SIZES] [--only SECTIONS] [--directory DIR] [--write].
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus, loadavg, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { print } from '../print.ts'
import { apiPage } from './api-page.ts'
import { startBulkOrg } from './bulk-org.ts'
import {
  archiveContenders,
  chainContenders,
  startContenders,
  tableContenders,
  verifyContenders,
  zipContenders,
} from './contenders.ts'
import { growthPage } from './growth.ts'
import { compareProcesses, type Measurement, program } from './measured-process.ts'
import { writeInput } from './write-input.ts'

const { values } = parseArgs({
  options: {
    entries: { type: 'string', default: '250000' },
    seed: { type: 'string', default: '1' },
    rounds: { type: 'string', default: '5' },
    only: { type: 'string' },
    growth: { type: 'string', default: '20000,100000,1000000' },
    directory: { type: 'string', default: join(tmpdir(), 'custody-bench') },
    write: { type: 'boolean', default: false },
  },
})
// As the command line has it: what was compiled once is kept.
process.env['NODE_COMPILE_CACHE'] ??= join(values.directory, 'compiled')
const rounds = Math.max(1, Number(values.rounds))
const folder = values.directory
mkdirSync(folder, { recursive: true })
const input = await writeInput(folder, Number(values.entries), Number(values.seed))
const parts = join(input.archive, 'data/conversations/part-00001.jsonl')

const sections = {
  chain: ['From JSON lines to redacted CSV in a ZIP', () => chainContenders(input, { folder })],
  table: ['From JSON lines to redacted CSV', () => tableContenders(input, { folder })],
  archive: ['From an archive to a redacted one', () => archiveContenders(input, { folder })],
  zip: ['An archive into a ZIP', () => zipContenders(input, { folder })],
  verify: ['Checking an archive', () => verifyContenders(input, { folder })],
  start: ['Starting', () => startContenders()],
} as const
const wanted = values.only?.split(',') ?? [...Object.keys(sections), 'bulk', 'growth', 'api']

const pages = [heading()]
for (const [name, [title, contenders]] of Object.entries(sections)) {
  if (!wanted.includes(name)) continue
  const page = `## ${title}\n\n${tableOf(compareProcesses(contenders(), name === 'start' ? rounds * 4 : rounds))}\n`
  print(page)
  pages.push(page)
}
if (wanted.includes('bulk')) {
  await using org = await startBulkOrg(folder, Number(values.entries))
  const page = `## From an export to an archive\n\n${tableOf(compareProcesses(org.contenders, rounds))}\n`
  print(page)
  pages.push(page)
}
if (wanted.includes('growth')) {
  const growth = await growthPage({ sizes: growthSizes(), rounds, seed: Number(values.seed), folder })
  print(growth)
  pages.push(growth)
}
if (wanted.includes('api')) {
  const api = await apiPage({ rounds, folder })
  print(api)
  pages.push(api)
}
const floors = floorsPage()
print(floors)
pages.push(floors)
if (values.write) {
  const place = join(import.meta.dirname, '../../../docs/benchmarks.md')
  writeFileSync(place, [...pages, goalsIn(place)].join('\n'))
}

/** What people wrote of the goals, which no run can: it stays, to be read again beside the new figures. */
function goalsIn(place: string): string {
  const written = existsSync(place) ? readFileSync(place, 'utf8') : ''
  const start = written.indexOf('## What the goals say')
  return start === -1 ? '' : written.slice(start)
}

function heading(): string {
  const versions = `Node ${process.versions.node}, zlib ${process.versions.zlib}`
  const machine = `${availableParallelism()} cores of ${cpus()[0]?.model ?? 'an unknown make'}, ${gigabytes(totalmem())} GB`
  return `# Benchmarks

Made by \`pnpm bench --write\`: each figure is the median of ${rounds} interleaved runs of whole processes, their start included, by GNU time.
CPU seconds are those of all threads together. Peak is the most memory a process held.

Machine: ${machine}; load at the start ${loadavg()[0]?.toFixed(1)}. ${versions}. Input: ${input.entries.toLocaleString('en-GB')} entries,
${megabytes(input.lineBytes)} MB as JSON lines, made by the generator with seed ${values.seed}. Where the load is more than the cores, wall times say
little: compare CPU seconds.
`
}

/** How many times as fast as the first row each is. */
function tableOf(rows: readonly Measurement[]): string {
  const [first] = rows
  const ratio = (row: Measurement, pick: (of: Measurement) => number): string =>
    first ? `${(pick(first) / pick(row)).toFixed(2)}x` : ''
  const lines = rows.map((row) => {
    const { name, wallSeconds, cpuSeconds, peakMegabytes, bytes } = row
    const faster = [ratio(row, (of) => of.wallSeconds), ratio(row, (of) => of.cpuSeconds)]
    const size = bytes === null ? '' : megabytes(bytes)
    return [name, wallSeconds.toFixed(2), cpuSeconds.toFixed(2), ...faster, peakMegabytes.toFixed(0), size]
  })
  const header = ['', 'wall s', 'CPU s', 'times as fast by wall', 'by CPU', 'peak MB', 'MB out']
  return [header, header.map((_, index) => (index === 0 ? '---' : '---:')), ...lines]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n')
}

function growthSizes(): readonly number[] {
  return values.growth
    .split(',')
    .map(Number)
    .sort((one, other) => one - other)
}

/** What no chain over the archive can do without: parsing, hashing, deflating, each alone on the same bytes. */
function floorsPage(): string {
  const csv = ['conversations', 'entries', 'participants'].map((table) => join(input.archive, `data/csv/${table}.csv`))
  const outputs = [parts, ...csv.filter((path) => existsSync(path))]
  const [command = '', ...args] = program('chains/floors.ts', parts, '6', ...outputs)
  const found: Readonly<Record<string, number>> = JSON.parse(execFileSync(command, args, { encoding: 'utf8' }))
  const sum = Object.values(found).reduce((total, each) => total + each, 0)
  const rows = [...Object.entries(found), ['together', sum] as const]
  return `## Floors\n\nCPU seconds over the master of the archive (and the same written again), one after the other.\n\n| | CPU s |\n| --- | ---: |\n${rows
    .map(([name, spent]) => `| ${name} | ${spent.toFixed(2)} |`)
    .join('\n')}\n`
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1)
}

function gigabytes(bytes: number): string {
  return (bytes / 1e9).toFixed(0)
}
