import type { HttpEvent } from '@custody/http'
import type { Clock } from '@custody/pipeline'
import { loadConfig } from '../config/load.ts'
import type { Config } from '../config/schema.ts'
import type { ConsoleEvent } from '../console.ts'
import { type ExitCode, exitCodes } from '../exit-code.ts'
import { knownError } from '../known-error.ts'
import { labelText } from './exposition.ts'
import type { MetricName } from './metric-names.ts'
import { MetricValues, writeMetrics } from './metrics-file.ts'
import type { Observer } from './observer.ts'
import { orgFigures } from './org-figures.ts'

export interface MetricsOptions {
  readonly file: string
  readonly command: 'archive' | 'verify' | 'reconcile'
  /** Of the configuration; null for a command that reads none. */
  readonly config: string | null
  /** The org that was named. */
  readonly org: string | undefined
  readonly clock: Clock
  /** Milliseconds that only grow. */
  readonly steadyNow: () => number
  /** A line for a person: the file cannot be written. */
  readonly tell: (line: string) => void
}

/** Counts what a command does, and puts it into a file of metrics once it is over, well or not. */
export function metricsFile(options: MetricsOptions): Observer {
  const { file, command, clock, tell } = options
  const name = `The metrics file ${file}`
  const tally = new Tally(options)
  return {
    name,
    event: (event) => tally.event(event),
    async end(exitCode) {
      try {
        const config = readConfig(options.config)
        const orgs = tally.end(exitCode, config)
        if (command === 'archive' && config !== null) await addFigures(tally, config, orgs, clock.now())
        await writeMetrics(file, tally.values, clock)
      } catch (error) {
        tell(`${name} was not written: ${knownError(error).message} [${knownError(error).code}]`)
      }
    },
  }
}

async function addFigures({ values }: Tally, config: Config, orgs: readonly string[], now: number): Promise<void> {
  for (const org of orgs) {
    // What is wrong with its ledger is told by the run, and by status.
    const figures = await orgFigures(config, org, now).catch(() => null)
    if (figures === null) continue
    for (const [state, number] of Object.entries(figures.windows)) {
      values.set('custody_windows', labelText({ org, state }), number)
    }
    if (figures.lagSeconds !== null) values.set('custody_window_lag_seconds', labelText({ org }), figures.lagSeconds)
    values.set('custody_open_gaps', labelText({ org }), figures.openGaps)
  }
}

/** Null where it cannot be read: that is why the command failed. */
function readConfig(file: string | null): Config | null {
  try {
    return file === null ? null : loadConfig(file)
  } catch {
    return null
  }
}

/** What is counted of a command. */
class Tally {
  readonly values: MetricValues = new MetricValues()
  readonly #options: MetricsOptions
  /** Orgs the command had to do with. */
  readonly #touched = new Set<string>()
  /** What it ended with for each, where it has several. */
  readonly #ended = new Map<string, ExitCode>()
  #since: number

  constructor(options: MetricsOptions) {
    this.#options = options
    this.#since = options.steadyNow()
  }

  event(event: ConsoleEvent): void {
    const { org } = event
    if (typeof org !== 'string') return
    this.#touched.add(org)
    switch (event.type) {
      case 'job-end':
        this.#run(org, event['source'], String(event['verdict']))
        this.#archived(org, event['counts'] as Counts)
        break
      case 'job-failed':
        this.#run(org, event['source'], nameOf(event['exitCode'] as ExitCode))
        break
      case 'window-reread':
        this.#run(org, event['source'], event['archive'] === null ? 'unchanged' : 'amended')
        if (event['archived'] !== null) this.#archived(org, event['archived'] as Counts)
        break
      case 'org-end':
        this.#ended.set(org, event['exitCode'] as ExitCode)
        this.#last(org, event['exitCode'] as ExitCode)
        this.#since = this.#options.steadyNow()
        break
      default:
        this.#onWire(org, event as unknown as HttpEvent | HeadroomWait)
    }
  }

  /** The command is over. Gives the orgs it was about. */
  end(exitCode: ExitCode, config: Config | null): readonly string[] {
    const { command } = this.#options
    const orgs = this.#orgs(config)
    for (const org of orgs.length === 0 ? [''] : orgs) {
      if (this.#ended.has(org)) continue
      this.#last(org, exitCode)
      if (command !== 'archive') this.#run(org, undefined, nameOf(exitCode))
    }
    return orgs
  }

  #orgs(config: Config | null): readonly string[] {
    if (this.#touched.size > 0) return [...this.#touched]
    const { org } = this.#options
    const known = Object.keys(config?.orgs ?? {})
    // It may be none of ours: a typing error is not to stay in the file for ever.
    if (org !== undefined) return known.filter((each) => each === org)
    return known.length === 1 ? known : []
  }

  #last(org: string, exitCode: ExitCode): void {
    const { command, clock, steadyNow } = this.#options
    const labels = labelText({ org, command })
    const now = clock.now() / 1000
    this.values.set('custody_last_run_timestamp_seconds', labels, now)
    this.values.set('custody_last_run_exit_code', labels, exitCode)
    this.values.set('custody_last_run_duration_seconds', labels, (steadyNow() - this.#since) / 1000)
    if (exitCode === exitCodes.done) this.values.set('custody_last_success_timestamp_seconds', labels, now)
  }

  #run(org: string, source: unknown, status: string): void {
    const { command } = this.#options
    const labels = { org, command, source: typeof source === 'string' ? source : '', status }
    this.values.add('custody_runs_total', labelText(labels))
  }

  #archived(org: string, { conversations, entries }: Counts): void {
    this.values.add('custody_conversations_archived_total', labelText({ org }), conversations)
    this.values.add('custody_entries_archived_total', labelText({ org }), entries)
  }

  #onWire(org: string, event: HttpEvent | HeadroomWait): void {
    const add = (name: MetricName, labels: Readonly<Record<string, string>>, value?: number): void =>
      this.values.add(name, labelText({ org, ...labels }), value)
    switch (event.type) {
      case 'request-end': {
        const status = event.status === null ? 'none' : `${Math.floor(event.status / 100)}xx`
        add('custody_http_requests_total', { endpoint: event.endpoint, status })
        break
      }
      case 'request-retry':
        add('custody_http_retries_total', { endpoint: event.endpoint, reason: event.reason })
        break
      case 'limit-wait':
        add('custody_limit_wait_seconds_total', { limit: event.endpoint }, event.waitMs / 1000)
        break
      case 'budget-wait':
      case 'headroom-wait':
        add('custody_limit_wait_seconds_total', { limit: 'active-conversations' }, event.waitMs / 1000)
        break
    }
  }
}

interface HeadroomWait {
  readonly type: 'headroom-wait'
  readonly waitMs: number
}

interface Counts {
  readonly conversations: number
  readonly entries: number
}

/** An exit code in a word, as a label. */
function nameOf(exitCode: ExitCode): string {
  const [name = 'failed'] = Object.entries(exitCodes).find(([, code]) => code === exitCode) ?? []
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}
