import { CustodyError, type Reject, usageError } from '@custody/pipeline'
import {
  entryTimes,
  essentialFields,
  fieldName,
  knownFields,
  lineageFields,
  type ObjectKey,
  objectNames,
} from './assumptions.ts'

export type { ObjectKey } from './assumptions.ts'

/** The API names of the objects, where they differ from what is found. */
export type ObjectNames = Readonly<Partial<Record<ObjectKey, string>>>

/** What an org shows of its objects: their fields, by the name of the object. */
export type Metadata = ReadonlyMap<string, readonly string[]>

/** A column of the query: a field, and the name its values come under. */
export interface Column {
  readonly object: ObjectKey
  /** As the org spells it. */
  readonly field: string
  /** In lower case, which no engine changes. */
  readonly alias: string
}

/** The objects and fields that a query is made of. */
export interface Schema {
  /** Null for an object that the org does not have. */
  readonly names: Readonly<Record<ObjectKey, string | null>>
  readonly columns: readonly Column[]
  /** The fields that tell when an entry was sent, the preferred one first. */
  readonly times: readonly string[]
  /** Objects and fields that the org does not show. */
  readonly rejects: readonly Omit<Reject, 'stage'>[]
  /** The org's spelling of a field; null when it has none. */
  readonly find: (object: ObjectKey, name: string) => string | null
  /** The same for a field that is there for certain. */
  readonly field: (object: ObjectKey, name: string) => string
}

const keys: readonly ObjectKey[] = ['entry', 'conversation', 'participant', 'role']

/** Under which name the value of a field comes. */
export function aliasOf(object: ObjectKey, name: string): string {
  return `${object}_${name.toLowerCase()}`
}

/**
 * Names stand in the query as they are, so only identifiers are let through.
 *
 * @throws CustodyError `DATA360_NAMES` (usage)
 */
export function checkNames(names: ObjectNames): void {
  for (const name of Object.values(names)) {
    if (!isIdentifier(name)) {
      throw usageError('DATA360_NAMES', 'data360: names must hold API names like ssot__ConversationEntry__dlm')
    }
  }
}

/**
 * Pure: what can be asked of an org. Without metadata the default names are taken at their word, with all documented fields.
 *
 * @throws CustodyError `DATA360_OBJECT_NOT_VISIBLE` when entries cannot be read at all
 */
export function toSchema(metadata: Metadata | null, given: ObjectNames = {}): Schema {
  const names = Object.fromEntries(keys.map((key) => [key, nameOf(key, metadata, given)])) as Schema['names']
  const fieldsOf = (object: ObjectKey): ReadonlyMap<string, string> => {
    const name = names[object]
    if (name === null) return new Map()
    // A name that was given stands, shown or not.
    const shown = metadata?.get(name)
    const fields = shown ?? knownFields[object].map((field) => fieldName(name, field))
    return new Map(fields.filter(isIdentifier).map((field) => [bare(field).toLowerCase(), field]))
  }
  const fields = Object.fromEntries(keys.map((key) => [key, fieldsOf(key)])) as Record<
    ObjectKey,
    ReadonlyMap<string, string>
  >
  const find = (object: ObjectKey, name: string): string | null => fields[object].get(name.toLowerCase()) ?? null
  const missing = essentialFields.filter((name) => find('entry', name) === null)
  const times = entryTimes.flatMap((name) => find('entry', name) ?? [])
  if (names.entry === null || missing.length > 0 || times.length === 0) {
    throw notVisible(names.entry, [...missing, ...(times.length === 0 ? entryTimes.slice(0, 1) : [])])
  }
  return {
    names,
    columns: keys.flatMap((key) => columnsOf(key, names, fields[key])),
    times,
    rejects: keys.flatMap((key) => rejectsOf(key, names, fields[key])),
    find,
    field: (object, name) => find(object, name) as string,
  }
}

function nameOf(key: ObjectKey, metadata: Metadata | null, given: ObjectNames): string | null {
  if (given[key] !== undefined) return given[key]
  const candidates = objectNames[key]
  if (metadata === null) return candidates[0] ?? null
  return candidates.find((name) => metadata.has(name)) ?? null
}

/** Known fields, and of an entry also those that nobody knows yet. */
function columnsOf(object: ObjectKey, names: Schema['names'], fields: ReadonlyMap<string, string>): readonly Column[] {
  if (names[object] === null) return []
  const known = knownFields[object].map((name) => name.toLowerCase())
  const unknown = object === 'entry' ? [...fields.keys()].filter((name) => !known.includes(name)).sort() : []
  return [...known, ...unknown].flatMap((name) => {
    const field = fields.get(name)
    return field === undefined || lineageFields.test(name) ? [] : [{ object, field, alias: aliasOf(object, name) }]
  })
}

function rejectsOf(
  object: ObjectKey,
  names: Schema['names'],
  fields: ReadonlyMap<string, string>,
): readonly Omit<Reject, 'stage'>[] {
  const name = names[object]
  if (name === null) {
    const subject = { type: objectNames[object][0] as string, id: null }
    return [{ code: 'OBJECT_NOT_VISIBLE', subject, message: 'The org does not show this object in Data 360.' }]
  }
  const lacking = needed[object].filter((field) => !fields.has(field.toLowerCase()))
  if (lacking.length === 0) return []
  const message = `The org does not show ${lacking.join(', ')} of it, so these are left out.`
  return [{ code: 'FIELD_NOT_VISIBLE', subject: { type: name, id: null }, message }]
}

/** The fields whose lack is told: somebody would miss them. The others are kept where they are. */
const needed: Readonly<Record<ObjectKey, readonly string[]>> = {
  entry: [...essentialFields, ...entryTimes, 'ConversationEntryType', 'EngagementParticipantId'],
  conversation: knownFields.conversation,
  participant: ['Id', 'ParticipantDisplayName'],
  role: ['Id', 'EngagementParticipantRole'],
}

function notVisible(name: string | null, missing: readonly string[]): CustodyError {
  const what = name === null ? objectNames.entry.join(' or ') : `${missing.join(', ')} of ${name}`
  return new CustodyError('DATA360_OBJECT_NOT_VISIBLE', `Data 360 does not show ${what}.`, {
    kind: 'sign-in',
    actions: [
      'Give the execution user a Data 360 permission set and check the data space.',
      'Check in Data 360 that conversation entries are mapped, and name the objects (option names) if they have other names.',
    ],
  })
}

/** `ssot__PayloadText__c` without prefix and suffix. */
function bare(field: string): string {
  return field.replace(/^(?:ssot|std)__/i, '').replace(/__c$/i, '')
}

function isIdentifier(name: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]{0,254}$/.test(name)
}
