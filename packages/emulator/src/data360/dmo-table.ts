import type { Absence } from '../deletion/absence.ts'
import type { LossBook } from '../faults/lossy.ts'
import { recordId } from '../ids.ts'
import type { Column, Row, SqlType, Table, Value } from '../sql/table.ts'
import type { World } from '../world/world.ts'
import type { Data360Switches, DmoName } from './data360-switches.ts'

/** What the tables of one query are made from: the org as it was when the query was sent. */
export interface DmoContext {
  readonly world: World
  readonly switches: Data360Switches
  readonly losses: Pick<LossBook, 'lost'>
  readonly prefix: 'ssot' | 'std'
  /** What had been deleted by then. */
  readonly absent: Absence
  /** When the query was sent. */
  readonly now: number
  /** How many entries had been added to which conversations by then. */
  readonly appended: ReadonlyMap<number, number>
  /** No rows: the objects of a data space that the conversations are not in. */
  readonly empty: boolean
}

/** A field of an object: `Id` stands for `ssot__Id__c`. */
export type DmoField<R extends Row> = Omit<Column, 'name' | 'get' | 'required'> & {
  readonly get: (row: R) => Value
  readonly required?: boolean
}

export interface DmoOptions<R extends Row> {
  readonly name: DmoName
  readonly fields: Readonly<Record<string, DmoField<R>>>
  /** Fields with a key qualifier beside them. */
  readonly qualified: readonly string[]
  readonly rowsOf: (index: number) => readonly R[]
}

/** A data model object: partitioned by conversation, every row a function of (conversation, number). */
export function dmoTable<R extends Row>(
  context: DmoContext,
  { name, fields, qualified, rowsOf }: DmoOptions<R>,
): Table {
  const { prefix, world, empty, absent } = context
  const columns: Column[] = Object.entries({ ...fields, ...lineage(name) }).map(([field, column]) => ({
    required: false,
    ...column,
    name: field.startsWith('cdp_') ? `${field}__c` : `${prefix}__${field}__c`,
    // Rows of this table and no other come here.
    get: column.get as Column['get'],
  }))
  // Documented: "KQ_Id__c etc." stand beside the keys; without a second source they are empty.
  const qualifiers = qualified.map(
    (field): Column => ({ name: `KQ_${field}__c`, type: 'varchar', required: false, get: () => null }),
  )
  let latest: { partition: number; rows: readonly R[] } | undefined
  return {
    name: dmoName(prefix, name),
    columns: new Map([...columns, ...qualifiers].map((column) => [column.name.toLowerCase(), column])),
    partitions: empty ? 0 : world.conversations,
    rowsOf(partition) {
      if (latest?.partition !== partition)
        latest = { partition, rows: absent.conversation(partition) ? [] : rowsOf(partition) }
      return latest.rows
    },
  }
}

export function dmoName(prefix: 'ssot' | 'std', name: DmoName): string {
  return prefix === 'ssot' ? `ssot__${name}__dlm` : `std__${name}Dmo__dlm`
}

export function text<R extends Row>(get: (row: R) => Value, rest: Partial<DmoField<R>> = {}): DmoField<R> {
  return { type: 'varchar', get, ...rest }
}

export function typed<R extends Row>(type: SqlType, get: (row: R) => Value): DmoField<R> {
  return { type, get }
}

/** How far a time of a row can lie from the start of its conversation, in milliseconds. */
export interface TimeReach {
  readonly before?: number
  readonly after: number
}

/** A time, as the org shows it: shifted where it shows its wall clock. */
export function time<R extends Row>(
  { world, switches }: DmoContext,
  get: (row: R) => number | null,
  { before = 0, after }: TimeReach,
  rest: Partial<DmoField<R>> = {},
): DmoField<R> {
  const shift = switches.wallClockMinutes * 60_000
  return {
    type: 'timestamptz',
    get: (row) => {
      const at = get(row)
      return at === null ? null : at + shift
    },
    range: {
      atLeast: (value) => world.timeline.firstAtOrAfter(Number(value) - shift - after),
      atMost: (value) => world.timeline.firstAtOrAfter(Number(value) - shift + before + 1),
    },
    ...rest,
  }
}

/** The partition of a record id that counts so many records to a conversation. */
export function partitionOfId(
  { world }: DmoContext,
  numberOf: (id: string) => number | undefined,
  perConversation: number,
): (id: string) => number | undefined {
  return (id) => {
    const number = numberOf(id)
    const index = number === undefined ? undefined : Math.floor(number / perConversation)
    return index !== undefined && index < world.conversations ? index : undefined
  }
}

/** Where a row came from. */
function lineage(name: DmoName): Readonly<Record<string, DmoField<Row>>> {
  const organization = recordId('Organization', 1)
  return {
    DataSourceId: text(() => `Salesforce_${organization.slice(0, 15)}`),
    DataSourceObjectId: text(() => name),
    InternalOrganizationId: text(() => organization),
    cdp_sys_record_currency: text(() => null),
  }
}
