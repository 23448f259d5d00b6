import type { FaultAction } from './scenario.ts'

type Malformation = Extract<FaultAction, { type: 'malformed-entry' }>['how']

/** Makes the last entry of a page what no entry should be. */
export function spoilLast(entries: unknown[], how: Malformation): void {
  const last = entries.pop() as Record<string, unknown> | undefined
  if (last !== undefined) entries.push(spoiled(last, how))
}

function spoiled(entry: Record<string, unknown>, how: Malformation): unknown {
  switch (how) {
    case 'no-identifier': {
      const { identifier: _, ...rest } = entry
      return rest
    }
    case 'no-timestamp': {
      const { transcriptedTimestamp: _, serverReceivedTimestamp: __, clientTimestamp: ___, ...rest } = entry
      return rest
    }
    case 'text-timestamp':
      return { ...entry, transcriptedTimestamp: 'yesterday', serverReceivedTimestamp: 'yesterday' }
    case 'broken-payload':
      return { ...entry, entryPayload: '{"entryType":"Message","abstractMessage":{' }
    case 'not-an-object':
      return entry['identifier']
    case 'null':
      return null
  }
}
