import { keyPrefixes, recordNumber } from '../ids.ts'
import { filesPerConversation } from '../objects/content.ts'
import { platformAssumed } from '../platform-assumptions.ts'
import type { Field, SchemaObject } from '../soql/schema.ts'
import { filesOf } from '../world/attachments.ts'
import { fileReply } from './attachments-route.ts'
import type { CoreRequest } from './core-resources.ts'
import { json, notFound, type Reply } from './reply.ts'

/** `GET /sobjects` */
export function globalDescribeRoute({ org, version }: CoreRequest): Reply {
  const sobjects = [...org.schema.values()].map((object) => summary(object, version))
  return json(200, { encoding: 'UTF-8', maxBatchSize: 200, sobjects })
}

/** `GET /sobjects/{name}/describe` */
export function describeRoute({ org, version, parts }: CoreRequest): Reply {
  const object = org.schema.get((parts[0] ?? '').toLowerCase())
  if (!object) return notFound
  const fields = [...object.fields.values()].map((field) => fieldDescription(object, field))
  return json(200, { ...summary(object, version), fields, childRelationships: [], recordTypeInfos: [] })
}

/** `GET /sobjects/ContentVersion/{id}/VersionData` */
export function versionDataRoute({ org, parts }: CoreRequest): Reply {
  const row = org.schema.has('contentversion') ? recordNumber('ContentVersion', parts[0] ?? '') : undefined
  const index = row === undefined ? -1 : Math.floor(row / filesPerConversation)
  if (row === undefined || index >= org.world.conversations) return notFound
  const file = filesOf(org.world, index)[row % filesPerConversation]
  return file ? fileReply(org, file, platformAssumed.versionDataType) : notFound
}

function summary({ name }: SchemaObject, version: string): Record<string, unknown> {
  const url = `/services/data/${version}/sobjects/${name}`
  return {
    name,
    label: words(name),
    labelPlural: `${words(name)}s`,
    keyPrefix: (keyPrefixes as Readonly<Record<string, string>>)[name] ?? null,
    custom: false,
    queryable: true,
    retrieveable: true,
    searchable: false,
    createable: false,
    updateable: false,
    deletable: false,
    urls: { sobject: url, describe: `${url}/describe`, rowTemplate: `${url}/{ID}` },
  }
}

function fieldDescription(object: SchemaObject, { name, type }: Field): Record<string, unknown> {
  const relationship = name.endsWith('Id') ? object.parents.get(name.slice(0, -2).toLowerCase()) : undefined
  return {
    name,
    label: words(name),
    type: relationship ? 'reference' : types[type],
    referenceTo: relationship ? [relationship.object] : [],
    relationshipName: relationship?.name ?? null,
    nillable: name !== 'Id',
    filterable: true,
    sortable: true,
  }
}

const types: Readonly<Record<Field['type'], string>> = {
  id: 'id',
  string: 'string',
  number: 'double',
  boolean: 'boolean',
  datetime: 'datetime',
  date: 'date',
}

function words(name: string): string {
  return name.replace(/(?<=[a-z])(?=[A-Z])/g, ' ')
}
