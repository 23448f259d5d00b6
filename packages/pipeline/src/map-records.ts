import type { Batch, Reject } from './batch.ts'
import { CustodyError, usageError } from './custody-error.ts'
import { defineStage, type Stage } from './stage.ts'

const dropped: unique symbol = Symbol('dropped')
const refused: unique symbol = Symbol('refused')

/** What {@link MapContext.drop} returns: the record is left out on purpose and counted under its reason. */
export interface Dropped {
  readonly [dropped]: string
}

/** What {@link MapContext.refuse} returns: the record becomes a reject. */
export interface Refused {
  readonly [refused]: Reject
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

export interface MapRecordsOptions<In, Out> {
  /** The name of the stage: kebab-case, a noun. */
  readonly name: string
  /** Maps one record. Returning nothing is an error, never a silent loss: say `drop` or `refuse`. */
  readonly map: (record: In, context: MapContext) => Out | Dropped | Refused | Promise<Out | Dropped | Refused>
  /** How many records of one batch are mapped at the same time; their order is kept. @defaultValue 1 */
  readonly concurrency?: number
}

/** A stage that maps each record by itself. */
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
  const rejects: Reject[] = []
  const context: MapContext = {
    signal,
    drop: (reason) => ({ [dropped]: reason }),
    refuse: (reject) => ({ [refused]: { stage: name, ...reject } }),
    reject: (reject) => void rejects.push({ stage: name, ...reject }),
  }
  const outcomes = await mapInOrder(batch.records, concurrency, (record) => map(record, context))

  const records: Out[] = []
  const drops: Record<string, number> = { ...batch.drops }
  for (const outcome of outcomes) {
    if (outcome === undefined || outcome === null) {
      throw new CustodyError('STAGE_RETURNED_NOTHING', `The stage ${name} returned nothing for a record.`, {
        actions: ['Return the record, drop(reason) or refuse(reject) from the mapping function.'],
      })
    }
    if (isDropped(outcome)) drops[outcome[dropped]] = (drops[outcome[dropped]] ?? 0) + 1
    else if (isRefused(outcome)) rejects.push(outcome[refused])
    else records.push(outcome)
  }
  return {
    records,
    rejects: rejects.length === 0 ? batch.rejects : [...batch.rejects, ...rejects],
    ...(Object.keys(drops).length > 0 && { drops }),
    ...(batch.checkpoint && { checkpoint: batch.checkpoint }),
  }
}

/** Maps with at most `concurrency` calls under way; results keep the order of the input. The first failure wins. */
async function mapInOrder<In, Out>(
  input: readonly In[],
  concurrency: number,
  map: (value: In) => Out | Promise<Out>,
): Promise<Out[]> {
  const output = new Array<Out>(input.length)
  let next = 0
  let failed = false
  const lane = async (): Promise<void> => {
    while (next < input.length && !failed) {
      const index = next++
      try {
        const mapped = map(input[index] as In)
        // A promise costs more than most mappings; only wait where there is one.
        output[index] = isPromise(mapped) ? await mapped : mapped
      } catch (error) {
        failed = true
        throw error
      }
    }
  }
  const lanes = Array.from({ length: Math.min(concurrency, input.length) }, lane)
  // Every lane has ended before the failure leaves: nothing of this batch is still running behind its back.
  const results = await Promise.allSettled(lanes)
  for (const result of results) if (result.status === 'rejected') throw result.reason
  return output
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
