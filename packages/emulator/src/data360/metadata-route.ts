import type { OrgState } from '../server/org-state.ts'
import { json, type Reply } from '../server/reply.ts'
import type { SqlType, Table } from '../sql/table.ts'
import { catalogOf } from './run-query.ts'

// assumption: names of field types; only that there is a `type` is documented.
const types: Readonly<Record<SqlType, string>> = {
  varchar: 'STRING',
  timestamptz: 'DATE_TIME',
  numeric: 'NUMBER',
  bigint: 'NUMBER',
  boolean: 'BOOLEAN',
}

/**
 * `GET /api/v1/metadata?entityType=&entityCategory=&entityName=`: Query API reference, Metadata. Its Connect twin `…/ssot/metadata`
 * answers alike.
 */
export function metadataRoute(org: OrgState, dataspace: string, query: URLSearchParams): Reply {
  const [type, category, name] = ['entityType', 'entityCategory', 'entityName'].map((key) => query.get(key))
  // assumption: all objects are of one type and category.
  const others = (type && type !== 'DataModelObject') || (category && category !== 'Engagement')
  const tables = [...catalogOf(org, dataspace).values()].filter((table) => !name || table.name === name)
  return json(200, { metadata: others ? [] : tables.map(objectOf) })
}

/** `GET …/ssot/metadata-entities`: Data 360 Connect API. */
export function metadataEntitiesRoute(org: OrgState, dataspace: string): Reply {
  const tables = [...catalogOf(org, dataspace).values()]
  // assumption: the same members without the fields.
  return json(200, {
    metadata: tables.map(({ name }) => ({ name, displayName: displayName(name), category: 'Engagement' })),
  })
}

function objectOf({ name, columns }: Table): object {
  const fields = Array.from(columns.values(), (column) => ({
    name: column.name,
    displayName: displayName(column.name),
    type: types[column.type],
  }))
  const key = fields.find((field) => /^(?:ssot|std)__Id__c$/.test(field.name))
  const primaryKeys = key ? [{ name: key.name, displayName: key.displayName, indexOrder: '1' }] : []
  return {
    name,
    displayName: displayName(name),
    category: 'Engagement',
    fields,
    relationships: [],
    primaryKeys,
    indexes: [],
  }
}

function displayName(name: string): string {
  return name
    .replace(/^(?:ssot|std)__/, '')
    .replace(/(?:Dmo)?__(?:dlm|c)$/, '')
    .replace(/(?<=[a-z])(?=[A-Z])/g, ' ')
}
