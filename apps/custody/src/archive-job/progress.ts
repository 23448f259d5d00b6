import type { HttpEvent } from '@custody/http'
import type { Clock, RunEvent } from '@custody/pipeline'
import type { Console } from '../console.ts'

/** Draws how far a run is: one line that redraws itself on a terminal, a plain line now and then elsewhere. */
export interface Progress {
  onRunEvent(event: RunEvent): void
  onHttpEvent(event: HttpEvent): void
  /** Takes the live line away. */
  end(): void
}

export interface ProgressOptions {
  readonly console: Console
  readonly clock: Clock
  /** Conversations expected. */
  readonly total: number
}

const redrawEveryMs = 100
const plainLineEveryMs = 10_000

/** The stage that everything waits for. */
const reading = 'entries'

export function createProgress({ console, clock, total }: ProgressOptions): Progress {
  const startedAt = clock.now()
  // By stage, in the order in which batches first left them.
  const given = new Map<string, number>()
  let rejected = 0
  let waitingUntil = 0
  let shownAt = startedAt

  const show = (): void => {
    const now = clock.now()
    // In either direction: a clock that is set back an hour must not silence it for so long.
    if (Math.abs(now - shownAt) < (console.live ? redrawEveryMs : plainLineEveryMs)) return
    shownAt = now
    const read = given.get(reading) ?? 0
    const state: ProgressState = {
      read,
      behind: behind(given),
      rejected,
      total,
      elapsedMs: Math.max(0, now - startedAt),
      waitingMs: waitingUntil - now,
    }
    if (console.live) console.redraw(progressLine(state, console.columns))
    else console.talk(progressLine(state, 0))
  }
  return {
    onRunEvent(event) {
      if (event.type === 'batch-end') given.set(event.stage, (given.get(event.stage) ?? 0) + event.records)
      if (event.type === 'record-reject') rejected += 1
      show()
    },
    onHttpEvent(event) {
      if (event.type === 'limit-wait' || event.type === 'budget-wait') waitingUntil = clock.now() + event.waitMs
      show()
    },
    end: () => console.redraw(''),
  }
}

/** What stages have not yet given of what was read: those that come later, and lag. */
function behind(given: ReadonlyMap<string, number>): readonly StageProgress[] {
  const stages = [...given].map(([stage, records]) => ({ stage, records }))
  const at = stages.findIndex(({ stage }) => stage === reading)
  return at === -1 ? [] : stages.slice(at + 1).filter(({ records }) => records < (stages[at]?.records ?? 0))
}

interface StageProgress {
  readonly stage: string
  readonly records: number
}

export interface ProgressState {
  readonly read: number
  /** Stages that have given less than was read. */
  readonly behind: readonly StageProgress[]
  readonly rejected: number
  readonly total: number
  readonly elapsedMs: number
  /** Above zero while a limit holds requests back. */
  readonly waitingMs: number
}

/** One line of progress; `columns` is the room a terminal has, 0 for plain lines without a bar. */
export function progressLine(state: ProgressState, columns: number): string {
  const { read, behind, total, rejected, elapsedMs, waitingMs } = state
  const share = total === 0 ? 1 : Math.min(1, read / total)
  const rate = elapsedMs > 0 ? (read / elapsedMs) * 1000 : 0
  const parts = [
    `${count(read)}/${count(total)} conversations`,
    `${count(Math.round(rate))}/s`,
    ...(rate > 0 && read < total ? [`${duration(((total - read) / rate) * 1000)} left`] : []),
    ...behind.map(({ stage, records }) => `${stage} ${count(records)}`),
    ...(rejected > 0 ? [`${count(rejected)} refused`] : []),
    ...(waitingMs > 0 ? [`waiting ${duration(waitingMs)} for a limit`] : []),
  ]
  const text = `${String(Math.floor(share * 100)).padStart(3)} %  ${parts.join('  ')}`
  if (columns === 0) return text.trimStart()
  const width = 20
  const filled = Math.round(share * width)
  const line = `${'█'.repeat(filled)}${'░'.repeat(width - filled)} ${text}`
  return line.slice(0, columns - 1)
}

/** A whole number with thousands set apart. */
export function count(value: number): string {
  return value.toLocaleString('en-US')
}

/** A length of time for people: `0.4 s`, `12 s`, `3 min 05 s`, `18 h 30 min`. */
export function duration(ms: number): string {
  if (ms < 9_950) return `${(ms / 1000).toFixed(1)} s`
  const seconds = Math.round(ms / 1000)
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes} min ${String(seconds % 60).padStart(2, '0')} s`
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`
}
