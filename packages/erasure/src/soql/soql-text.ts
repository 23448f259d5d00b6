import { soqlEscaped, soqlString } from '@custody/http'

/** What goes into the pattern of a LIKE for a value as it is: `%` and `_` stand for themselves. Without quotes. */
export function soqlLike(value: string): string {
  return soqlEscaped(value).replace(/[%_]/g, '\\$&')
}

/** `field IN ('a', 'b')` over all values, in as many conditions as a URI asks for. Each value once. */
export function inConditions(field: string, values: Iterable<string>): readonly string[] {
  return inBatches([...new Set(values)].map(soqlString), ', ').map((list) => `${field} IN (${list})`)
}

/** `a OR b`, in as many conditions as a URI asks for. */
export function orConditions(conditions: Iterable<string>): readonly string[] {
  return inBatches([...new Set(conditions)], ' OR ')
}

function inBatches(parts: readonly string[], separator: string): readonly string[] {
  const batches: string[] = []
  let batch: string[] = []
  let bytes = 0
  const flush = (): void => {
    if (batch.length > 0) batches.push(batch.join(separator))
    batch = []
    bytes = 0
  }
  for (const part of parts) {
    const size = encodeURIComponent(part + separator).length
    if (batch.length >= maxPartsPerQuery || bytes + size > maxConditionBytes) flush()
    batch.push(part)
    bytes += size
  }
  flush()
  return batches
}

/** The most ids in one `IN` that a public client is known to send. */
const maxPartsPerQuery = 200

/** A URI may have 16,384 bytes (REST API guide, status code 414): host, path and the rest of the query need their part. */
const maxConditionBytes = 13_000
