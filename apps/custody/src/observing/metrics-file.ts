import { randomUUID } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { type DirectoryLock, lockDirectory } from '@custody/ledger'
import { type Clock, CustodyError } from '@custody/pipeline'
import { type Exposition, familyOf, formatExposition, parseExposition } from './exposition.ts'
import { type MetricName, metrics } from './metric-names.ts'

/** What one command adds to a file of metrics: counters are added up, gauges replaced. */
export class MetricValues {
  readonly #values = new Map<MetricName, Map<string, number>>()

  set(name: MetricName, labels: string, value: number): void {
    const series = this.#values.get(name) ?? new Map<string, number>()
    this.#values.set(name, series.set(labels, value))
  }

  add(name: MetricName, labels: string, value = 1): void {
    this.set(name, labels, (this.#values.get(name)?.get(labels) ?? 0) + value)
  }

  mergeInto({ families }: Exposition): void {
    for (const [name, series] of this.#values) {
      const family = familyOf(families, name, metrics)
      for (const [labels, value] of series) {
        const before = family.type === 'counter' ? (family.series.get(labels) ?? 0) : 0
        family.series.set(labels, before + value)
      }
    }
  }
}

/** A metrics file is a few kilobytes: what is larger is none. */
const maxBytes = 16 * 2 ** 20

/** So often another process that writes the same file is waited for; it takes milliseconds. Each try takes a quarter of a second. */
const tries = 4
const betweenTriesMs = 50

/**
 * Puts values into a file of metrics. What is in it of other orgs and commands stays; a reader finds the old file or the new one, whole.
 *
 * @throws CustodyError `METRICS_FILE_FOREIGN`, `METRICS_FILE_BUSY`; and what the file system refuses
 */
export async function writeMetrics(file: string, values: MetricValues, clock: Clock): Promise<void> {
  mkdirSync(dirname(file), { recursive: true })
  const lock = await lockFile(file, clock)
  const temporary = `${file}.${randomUUID()}`
  try {
    const exposition = readMetrics(file)
    values.mergeInto(exposition)
    writeFileSync(temporary, formatExposition(exposition), { flag: 'wx' })
    renameSync(temporary, file)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  } finally {
    lock.release()
  }
}

function readMetrics(file: string): Exposition {
  const size = statSync(file, { throwIfNoEntry: false })?.size
  if (size === undefined) return { families: new Map(), foreign: [] }
  const known = size > maxBytes ? null : parseExposition(readFileSync(file, 'utf8'), metrics)
  if (known !== null) return known
  throw new CustodyError('METRICS_FILE_FOREIGN', `${file} is no file of metrics, and is left as it is.`, {
    actions: ['Name another file (--metrics-file), or move this one away.'],
  })
}

/** The system holds it for this process: one that dies leaves none behind. */
async function lockFile(file: string, clock: Clock): Promise<DirectoryLock> {
  for (let left = tries - 1; ; left--) {
    try {
      return lockDirectory(dirname(file), clock, `.${basename(file)}`)
    } catch (error) {
      if (!CustodyError.isInstance(error) || error.code !== 'LEDGER_LOCKED') throw error
      if (left === 0) {
        throw new CustodyError('METRICS_FILE_BUSY', `${file} is held by another process.`, {
          retryable: true,
          cause: error,
        })
      }
      await clock.sleep(betweenTriesMs)
    }
  }
}
