import { conversationLabel } from './replacement.ts'

/** Somebody who can be numbered: what is known of them, as types and normalised values. */
export interface Numbered {
  /** `MessagingEndUser`, `Contact` or `User`; null where no record is known. */
  readonly recordId: string | null
  /** Their name, for an order among those without a record. */
  readonly name: string
  /** Keys of {@link labelKey}. */
  readonly keys: Iterable<string>
}

/** What a label is looked up by. */
export function labelKey(type: string, value: string): string {
  return `${type} ${value}`
}

/**
 * "Customer 1", "Customer 2", … by order of record ids, so that every run gives everybody the same number. What belongs to
 * two people is left out: it says only what it is, not whose.
 */
export function conversationLabels(
  customers: readonly Numbered[],
  agents: readonly Numbered[],
): ReadonlyMap<string, string> {
  const labels = new Map<string, string>()
  const shared = new Set<string>()
  for (const [role, people] of [
    ['Customer', customers],
    ['Agent', agents],
  ] as const) {
    for (const [index, { keys }] of oncePerPerson(people).toSorted(byRecord).entries()) {
      const label = conversationLabel(role, index + 1)
      for (const key of keys) {
        if (labels.has(key) && labels.get(key) !== label) shared.add(key)
        labels.set(key, label)
      }
    }
  }
  for (const key of shared) labels.delete(key)
  return labels
}

/** Without those who are only known by the name of somebody who has a record: they are the same. */
function oncePerPerson(people: readonly Numbered[]): readonly Numbered[] {
  const recorded = new Set(people.flatMap(({ recordId, name }) => (recordId === null ? [] : [name])))
  return people.filter(({ recordId, name }) => recordId !== null || !recorded.has(name))
}

/** People without a record come last, by name. */
function byRecord(a: Numbered, b: Numbered): number {
  if (a.recordId !== null && b.recordId !== null) return compare(a.recordId, b.recordId)
  if (a.recordId === null && b.recordId === null) return compare(a.name, b.name)
  return a.recordId === null ? 1 : -1
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
