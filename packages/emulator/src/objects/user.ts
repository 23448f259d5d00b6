import type { SchemaObject } from '../soql/schema.ts'
import { agents, automatedProcess, type Employee, executionUser, supervisor, usernameOf } from '../world/staff.ts'
import type { World } from '../world/world.ts'
import { auditFields, byId, fieldsOf, idOf, idRange, parentsOf } from './fields.ts'

/** Rows are the employees by their number. */
export function userObject(world: World, executionUsers: number): SchemaObject {
  const employees = new Map<number, Employee>(
    [
      automatedProcess,
      supervisor,
      ...agents,
      ...Array.from({ length: executionUsers }, (_, k) => executionUser(k)),
    ].map((employee) => [employee.number, employee]),
  )
  const employee = (row: number): Employee => employees.get(row) as Employee
  const bound = Math.max(...employees.keys()) + 1
  const since = (): number => world.timeline.from - 86_400_000 * 900
  const username = (row: number): string => usernameOf(employee(row))
  return {
    name: 'User',
    bound,
    rows: (first, end) => [...employees.keys()].filter((row) => row >= first && row < end),
    fields: fieldsOf({
      Id: ['id', (row) => idOf('User', row)],
      Name: ['string', (row) => employee(row).name],
      FirstName: ['string', (row) => employee(row).firstName],
      LastName: ['string', (row) => employee(row).lastName],
      Username: ['string', username],
      Email: ['string', username],
      Alias: ['string', (row) => `u${row}`],
      UserType: ['string', (row) => (row === 0 ? 'AutomatedProcess' : 'Standard')],
      IsActive: ['boolean', () => true],
      ...auditFields(since, since),
    }),
    parents: parentsOf({}),
    indexes: new Map([['id', byId('User', (row) => employees.has(row))]]),
    ranges: new Map([['id', idRange('User', bound)]]),
    ordered: new Set(['id']),
  }
}
