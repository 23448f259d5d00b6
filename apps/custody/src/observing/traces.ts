import { setTimeout as delay } from 'node:timers/promises'
import type { Clock } from '@custody/pipeline'
import {
  type Attributes,
  type Context,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api'
import type { ConsoleEvent } from '../console.ts'
import { exitCodes } from '../exit-code.ts'
import { version } from '../version.ts'
import type { Observer } from './observer.ts'

/** So long the end of the command waits for the SDK to hand over what it has. */
const lastWordsMs = 1_000

/**
 * Spans of a command, for whatever OpenTelemetry SDK is registered: one around it, around each job, its phases and stages, and one
 * per call. Attributes are names of orgs, endpoints and stages, codes and figures.
 */
export function traces(command: string, clock: Pick<Clock, 'now'>): Observer {
  const spans = new OpenSpans(trace.getTracer('custody', version), clock)
  spans.open('command', `custody ${command}`, {})
  return {
    name: 'Tracing',
    event: (event) => follow(event, spans),
    async end(exitCode) {
      spans.close('command', { 'custody.exit_code': exitCode }, exitCode !== exitCodes.done)
      await Promise.race([flush(), delay(lastWordsMs, undefined, { ref: false })])
    },
  }
}

function follow(event: ConsoleEvent, spans: OpenSpans): void {
  const text = (name: string): string => String(event[name] ?? '')
  switch (event.type) {
    case 'job-start':
      spans.open('job', 'archive', {
        ...org(event),
        'custody.run': text('runId'),
        'custody.source': text('source'),
      })
      break
    case 'job-end':
      spans.close('job', { 'custody.verdict': text('verdict') })
      break
    case 'job-failed':
      spans.close('job', { 'error.type': text('code') }, true)
      break
    case 'phase-start':
      spans.open('phase', text('phase'), {})
      break
    case 'phase-end':
      spans.close('phase', {})
      break
    case 'run-start':
      spans.beginStages(event['stages'] as readonly string[])
      break
    case 'batch-end':
      spans.touchStage(text('stage'))
      break
    case 'run-end':
      spans.endStages(event['summary'] as Summary)
      break
    case 'request-end':
      spans.call(event as unknown as Call)
      break
    default:
  }
}

function org({ org: alias }: ConsoleEvent): Attributes {
  return typeof alias === 'string' ? { 'custody.org': alias } : {}
}

interface Summary {
  readonly stages: readonly {
    readonly stage: string
    readonly records: number
    readonly rejects: number
    readonly ownMs: number
  }[]
}

interface Call {
  readonly org: string
  readonly endpoint: string
  readonly status: number | null
  readonly attempt: number
  readonly ms: number
  readonly bytes: number
}

type Level = 'command' | 'job' | 'phase'

interface OpenSpan {
  readonly level: Level
  readonly span: Span
  readonly within: Context
}

/** Spans that have begun. Jobs follow one another, and so do their phases: each is within the one that was opened last. */
class OpenSpans {
  readonly #open: OpenSpan[] = []
  readonly #stages = new Map<string, { readonly span: Span; lastAt: number }>()
  readonly #tracer: Tracer
  readonly #clock: Pick<Clock, 'now'>

  constructor(tracer: Tracer, clock: Pick<Clock, 'now'>) {
    this.#tracer = tracer
    this.#clock = clock
  }

  open(level: Level, name: string, attributes: Attributes): void {
    const outer = this.#within
    const span = this.#tracer.startSpan(name, { attributes, startTime: this.#clock.now() }, outer)
    this.#open.push({ level, span, within: trace.setSpan(outer, span) })
  }

  /** Ends the innermost span of a level, and whatever is still open within it. */
  close(level: Level, attributes: Attributes, hasFailed = false): void {
    if (!this.#open.some((each) => each.level === level)) return
    for (let last = this.#open.pop(); last !== undefined; last = this.#open.pop()) {
      if (last.level === level) {
        last.span.setAttributes(attributes)
        if (hasFailed) last.span.setStatus({ code: SpanStatusCode.ERROR })
      }
      last.span.end(this.#clock.now())
      if (last.level === level) return
    }
  }

  /** Stages of one name (each `prefetch`) have one span: batches tell no more than the name. */
  beginStages(stages: readonly string[]): void {
    const startTime = this.#clock.now()
    for (const stage of new Set(stages)) {
      const span = this.#tracer.startSpan(stage, { startTime }, this.#within)
      this.#stages.set(stage, { span, lastAt: startTime })
    }
  }

  touchStage(stage: string): void {
    const known = this.#stages.get(stage)
    if (known) known.lastAt = this.#clock.now()
  }

  /** Stages work side by side: each lasts until it gave its last batch, and says how much of that it worked itself. */
  endStages({ stages }: Summary): void {
    const now = this.#clock.now()
    for (const { stage, records, rejects, ownMs } of stages) {
      const known = this.#stages.get(stage)
      known?.span.setAttributes({ 'custody.records': records, 'custody.rejects': rejects, 'custody.own_ms': ownMs })
      // The last one gives no batches: it lasts as long as the run.
      known?.span.end(stage === stages.at(-1)?.stage ? now : known.lastAt)
    }
    this.#stages.clear()
  }

  call({ org, endpoint, status, attempt, ms, bytes }: Call): void {
    const endTime = this.#clock.now()
    const attributes: Attributes = {
      'custody.org': org,
      'custody.endpoint': endpoint,
      'http.request.resend_count': attempt - 1,
      'http.response.body.size': bytes,
      ...(status !== null && { 'http.response.status_code': status }),
    }
    const options = { kind: SpanKind.CLIENT, startTime: endTime - ms, attributes }
    const span = this.#tracer.startSpan(endpoint, options, this.#within)
    if (status === null || status >= 400) span.setStatus({ code: SpanStatusCode.ERROR })
    span.end(endTime)
  }

  get #within(): Context {
    return this.#open.at(-1)?.within ?? ROOT_CONTEXT
  }
}

/** An SDK may hold spans back, and a process that is stopped ends at once. */
async function flush(): Promise<void> {
  const provider = trace.getTracerProvider() as Partial<Flushing> & { getDelegate?(): Partial<Flushing> }
  await (provider.getDelegate?.() ?? provider).forceFlush?.()
}

interface Flushing {
  forceFlush(): Promise<void>
}
