import type { SchemaObject } from '../soql/schema.ts'
import type { World } from '../world/world.ts'
import { auditFields, byId, fieldsOf, idOf, parentsOf, rowsWhere } from './fields.ts'

const number = 1

/** Object Reference, Organization: one row, the org itself. Instances of Government Cloud are called `USG…`. */
export function organizationObject(world: World, isGovernmentCloud: () => boolean): SchemaObject {
  const exists = (row: number): boolean => row === number
  const since = (): number => world.timeline.from - 86_400_000 * 1_000
  return {
    name: 'Organization',
    bound: number + 1,
    rows: (first, end) => rowsWhere(first, Math.min(end, number + 1), exists),
    fields: fieldsOf({
      Id: ['id', () => idOf('Organization', number)],
      Name: ['string', () => 'Harbour & Pine'],
      InstanceName: ['string', () => (isGovernmentCloud() ? 'USG12' : 'DEU84')],
      IsSandbox: ['boolean', () => false],
      OrganizationType: ['string', () => 'Enterprise Edition'],
      ...auditFields(since, since),
    }),
    parents: parentsOf({}),
    indexes: new Map([['id', byId('Organization', exists)]]),
    ranges: new Map(),
    ordered: new Set(['id']),
  }
}
