import { keyPrefixes, recordNumber } from '../ids.ts'
import { filesPerConversation } from '../objects/content.ts'
import { platformAssumed } from '../platform-assumptions.ts'
import type { Field, SchemaObject } from '../soql/schema.ts'
import { filesOf } from '../world/attachments.ts'
import { fileReply } from './attachments-route.ts'
import type { CoreRequest } from './core-resources.ts'
import type { OrgState } from './org-state.ts'
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
  return json(200, {
    ...summary(object, version),
    fields,
    childRelationships: childrenOf(org, object),
    recordTypeInfos: [],
  })
}

/** `GET /sobjects/ContentVersion/{id}/VersionData` */
export function versionDataRoute({ org, parts }: CoreRequest): Reply {
  const row = org.schema.has('contentversion') ? recordNumber('ContentVersion', parts[0] ?? '') : undefined
  const index = row === undefined ? -1 : Math.floor(row / filesPerConversation)
  if (row === undefined || index >= org.world.conversations) return notFound
  const { switches } = org.deletions
  if (switches.files === 'deleted' && org.deletions.absent('records').sessions(index)) return notFound
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

/** Which objects hang on this one, and whether they go with it or forbid its deletion. */
function childrenOf({ schema }: OrgState, { name }: SchemaObject): readonly object[] {
  return children
    .filter(({ parent, childSObject }) => parent === name && schema.has(childSObject.toLowerCase()))
    .map(({ parent: _, ...child }) => child)
}

const children = [
  child('MessagingEndUser', 'MessagingSession', 'MessagingEndUserId', 'cascade'),
  child('MessagingSession', 'MessagingSessionMetrics', 'MessagingSessionId', 'cascade'),
  child('MessagingSession', 'ContentDocumentLink', 'LinkedEntityId', 'cascade'),
  child('MessagingSession', 'EngagementAttendee', 'EngagementId', 'restricted'),
]

function child(parent: string, childSObject: string, field: string, onDelete: 'cascade' | 'restricted') {
  const relationshipName = childSObject.endsWith('s') ? childSObject : `${childSObject}s`
  const [cascadeDelete, restrictedDelete] = [onDelete === 'cascade', onDelete === 'restricted']
  return { parent, childSObject, field, relationshipName, cascadeDelete, restrictedDelete }
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
