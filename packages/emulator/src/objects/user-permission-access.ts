import type { SchemaObject } from '../soql/schema.ts'
import { fieldsOf, parentsOf } from './fields.ts'

/** The permissions that are told, by the names of their fields without `Permissions`. */
export const toldPermissions = ['ApiEnabled', 'ApiUserOnly', 'ViewAllData', 'ViewSetup'] as const

/** Object Reference, UserPermissionAccess: one row, what the user who asks may do. */
export function userPermissionAccessObject(granted: readonly string[]): SchemaObject {
  const permissions = toldPermissions.map((name) => {
    const isGranted = granted.includes(name)
    return [`Permissions${name}`, ['boolean', () => isGranted]] as const
  })
  return {
    name: 'UserPermissionAccess',
    bound: 1,
    rows: (first, end) => (first <= 0 && end > 0 ? [0] : []),
    // assumption: its id means nothing.
    fields: fieldsOf({ Id: ['id', () => '000000000000000AAA'], ...Object.fromEntries(permissions) }),
    parents: parentsOf({}),
    indexes: new Map(),
    ranges: new Map(),
    ordered: new Set(['id']),
  }
}
