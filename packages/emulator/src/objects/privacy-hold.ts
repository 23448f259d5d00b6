import type { PrivacyHoldRow } from '../deletion/deletion-switches.ts'
import { withChecksum } from '../ids.ts'
import type { SchemaObject } from '../soql/schema.ts'
import type { World } from '../world/world.ts'
import { auditFields, byId, fieldsOf, idOf, idRange, parentsOf, rowsWhere } from './fields.ts'

/** Object Reference, PrivacyHold (Privacy Center): that a record has to be kept. It stops nothing by itself. */
export function privacyHoldObject(world: World, holds: readonly PrivacyHoldRow[]): SchemaObject {
  const hold = (row: number): PrivacyHoldRow => holds[row] as PrivacyHoldRow
  const record = (row: number): string => hold(row).recordId
  const exists = (row: number): boolean => row < holds.length
  const since = (): number => world.timeline.from - 86_400_000 * 30
  return {
    name: 'PrivacyHold',
    bound: holds.length,
    rows: (first, end) => rowsWhere(first, Math.min(end, holds.length), exists),
    fields: fieldsOf({
      Id: ['id', (row) => idOf('PrivacyHold', row)],
      Name: ['string', (row) => `PH-${String(row + 1).padStart(6, '0')}`],
      ReferenceRecordId: ['id', (row) => (record(row).length === 15 ? withChecksum(record(row)) : record(row))],
      IsActive: ['boolean', (row) => hold(row).isActive ?? true],
      StartDate: ['date', () => new Date(since()).toISOString().slice(0, 10)],
      EndDate: ['date', (row) => hold(row).endDate ?? null],
      PrivacyHoldReasonId: ['id', () => idOf('PrivacyHoldReason', 0)],
      OwnerId: ['id', () => idOf('User', 0)],
      ...auditFields(since, since),
    }),
    parents: parentsOf({ Owner: ['User', () => 0] }),
    indexes: new Map([['id', byId('PrivacyHold', exists)]]),
    ranges: new Map([['id', idRange('PrivacyHold', holds.length)]]),
    ordered: new Set(['id']),
  }
}
