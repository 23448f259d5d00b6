import type { Batch, Reject } from './batch.ts'
import { CustodyError, usageError } from './custody-error.ts'
import { addDrops } from './drops.ts'
import { defineStage, type Stage } from './stage.ts'

const dropped: unique symbol = Symbol('dropped')
const refused: unique symbol = Symbol('refused')

/** What {@link MapContext.drop} returns: the record is left out on purpose and counted under its reason. */
export interface Dropped {
  readonly [dropped]: string
}

/** What {@link MapContext.refuse} returns: the record becomes a reject. */
export interface Refused {
  readonly [refused]: Omit<Reject, 'stage'>
}

/** What a mapping function is given besides its record. */
export interface MapContext {
  /** Hand it to everything awaited. It never aborts when the pipeline was started without a signal. */
  readonly signal: AbortSignal
  /** Leave the record out on purpose. The reason is counted, so keep it a short literal. */
  drop(reason: string): Dropped
  /** Refuse the whole record. */
  refuse(reject: Omit<Reject, 'stage'>): Refused
  /** Note a part of the record as refused, while the record itself goes on. */
  reject(reject: Omit<Reject, 'stage'>): void
}

/** A mapping of records, one by one. */
export interface MapRecordsOptions<In, Out> {
  /** The name of the stage: kebab-case, a noun. */
  readonly name: string
  /** Maps one record. Returning nothing is an error, never a silent loss: say `drop` or `refuse`. */
  readonly map: (record: In, context: MapContext) => Out | Dropped | Refused | Promise<Out | Dropped | Refused>
  /** How many records of one batch are mapped at the same time; their order is kept. @defaultValue 1 */
  readonly concurrency?: number
}

/**
 * A stage that maps each record by itself.
 *
 * @throws CustodyError `STAGE_CONCURRENCY` when the concurrency is no whole number of at least 1. The run fails with
 * `STAGE_RETURNED_NOTHING` when the mapping function returns nothing.
 */
export function mapRecords<In, Out extends NonNullable<unknown>>(options: MapRecordsOptions<In, Out>): Stage<In, Out> {
  const { name, concurrency = 1 } = options
  if (!Number.isInteger(concurrency) || concurrency < 1) {
    throw usageError('STAGE_CONCURRENCY', `${name}: concurrency must be a whole number of at least 1`)
  }
  return defineStage(name, async function* (source, { signal = new AbortController().signal }) {
    for await (const batch of source) {
      signal.throwIfAborted()
      yield await mapBatch(options, batch, concurrency, signal)
    }
  })
}

async function mapBatch<In, Out>(
  { name, map }: MapRecordsOptions<In, Out>,
  batch: Batch<In>,
  concurrency: number,
  signal: AbortSignal,
): Promise<Batch<Out>> {
  const outcomes = new Array<Out | Dropped | Refused>(batch.records.length)
  // Rejects stand where their record stood, whichever record was ready first: a rerun reports them in the same order.
  const rejects: Reject[][] = []
  const refusal = (index: number, reject: Omit<Reject, 'stage'>): void => {
    rejects[index] ??= []
    rejects[index].push({ ...reject, stage: name })
  }
  let next = 0
  // The first failure stops the other lanes too: one may be waiting for half an hour.
  const stop = new AbortController()
  const laneSignal = concurrency === 1 ? signal : AbortSignal.any([signal, stop.signal])
  let failure: { readonly cause: unknown } | undefined
  const lane = async (): Promise<void> => {
    let index = 0
    const context: MapContext = {
      signal: laneSignal,
      drop: (reason) => ({ [dropped]: reason }),
      refuse: (reject) => ({ [refused]: reject }),
      reject: (reject) => refusal(index, reject),
    }
    try {
      while (next < batch.records.length && !failure) {
        signal.throwIfAborted()
        index = next++
        const mapped = map(batch.records[index] as In, context)
        // A promise costs more than most mappings; only wait where there is one.
        outcomes[index] = isPromise(mapped) ? await mapped : mapped
      }
    } catch (cause) {
      failure ??= { cause }
      stop.abort(cause)
    }
  }
  // Every lane has ended before a failure leaves: nothing of this batch is still running behind its back.
  await Promise.all(Array.from({ length: Math.min(concurrency, batch.records.length) }, lane))
  if (failure) throw failure.cause
  signal.throwIfAborted()

  const records: Out[] = []
  let drops = batch.drops
  for (const [index, outcome] of outcomes.entries()) {
    if (outcome === undefined || outcome === null) {
      throw new CustodyError('STAGE_RETURNED_NOTHING', `The stage ${name} returned nothing for a record.`, {
        actions: ['Return the record, drop(reason) or refuse(reject) from the mapping function.'],
      })
    }
    if (isDropped(outcome)) drops = addDrops(drops, { [outcome[dropped]]: 1 })
    else if (isRefused(outcome)) refusal(index, outcome[refused])
    else records.push(outcome)
  }
  return {
    records,
    rejects: rejects.length === 0 ? batch.rejects : [...batch.rejects, ...rejects.flat()],
    ...(drops && { drops }),
    ...(batch.checkpoint && { checkpoint: batch.checkpoint }),
  }
}

function isPromise<T>(value: T | Promise<T>): value is Promise<T> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function'
}

function isDropped(value: unknown): value is Dropped {
  return typeof value === 'object' && value !== null && dropped in value
}

function isRefused(value: unknown): value is Refused {
  return typeof value === 'object' && value !== null && refused in value
}
