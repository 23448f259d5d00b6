import type { Column, ObjectKey, Schema } from './schema.ts'

/*
 * Every SQL text of this package. The grammar kept to: SELECT columns with aliases or COUNT(DISTINCT column), FROM,
 * LEFT JOIN … ON a = b, WHERE with AND, OR, parentheses, =, >, >=, <, IS NULL, COALESCE and IN (SELECT one column …), ORDER BY
 * columns. Literals are strings in single quotes. No LIMIT, no OFFSET: pages belong to one result, never to two.
 */

/** Bounds as the texts that timestamps are compared with, half-open. */
export interface TimeFilter {
  readonly from: string
  readonly to: string
}

/** A string literal. The only way any value gets into a query. */
export function sqlString(value: string): string {
  // Standard SQL knows one escape. A NUL ends strings in some engines and stands in no id or time.
  return `'${value.replaceAll('\0', '').replaceAll("'", "''")}'`
}

/** The aliases under which the objects stand in the query. */
const aliases: Readonly<Record<ObjectKey, string>> = { entry: 'e', conversation: 'c', participant: 'p', role: 'r' }

/**
 * All entries of every conversation that may have some in the window, conversation by conversation; behind `after`.
 *
 * Joins are left joins, so that no entry is lost for want of a participant; one that comes twice for having two is for the
 * reader to take off.
 */
export function entriesSql(schema: Schema, filter: TimeFilter, after: string | null): string {
  const { conversationId } = keysOf(schema)
  const where = [belongs(schema, filter), ...(after === null ? [] : [`${conversationId} > ${sqlString(after)}`])]
  return [
    `SELECT ${schema.columns.map((column) => `${qualified(column)} AS ${column.alias}`).join(', ')}`,
    `FROM ${schema.names.entry} ${aliases.entry}`,
    ...joins(schema),
    `WHERE ${where.join(' AND ')}`,
    `ORDER BY ${orderOf(schema).join(', ')}`,
  ].join(' ')
}

/** How many entries {@link entriesSql} has to bring from the first conversation on, each once. */
export function countSql(schema: Schema, filter: TimeFilter): string {
  const { id } = keysOf(schema)
  return `SELECT COUNT(DISTINCT ${id}) AS entries FROM ${schema.names.entry} ${aliases.entry} WHERE ${belongs(schema, filter)}`
}

/** Of each entry of these conversations, which one it is of. */
export function entriesOfSql(schema: Schema, conversationIds: readonly string[]): string {
  const { id, conversationId } = keysOf(schema)
  return [
    `SELECT ${conversationId} AS conversation_id FROM ${schema.names.entry} ${aliases.entry}`,
    `WHERE ${conversationIds.map((one) => `${conversationId} = ${sqlString(one)}`).join(' OR ')} ORDER BY ${id}`,
  ].join(' ')
}

/** All that stands in the entries of these conversations. */
export function textsOfSql(schema: Schema, columns: readonly Column[], conversationIds: readonly string[]): string {
  const { id, conversationId } = keysOf(schema)
  return [
    `SELECT ${columns.map((column) => `${qualified(column)} AS ${column.alias}`).join(', ')}`,
    `FROM ${schema.names.entry} ${aliases.entry}`,
    `WHERE ${conversationIds.map((one) => `${conversationId} = ${sqlString(one)}`).join(' OR ')} ORDER BY ${id}`,
  ].join(' ')
}

/** The entries of the window that belong to no conversation. */
export function orphansSql(schema: Schema, filter: TimeFilter): string {
  const { id, conversationId } = keysOf(schema)
  return [
    `SELECT ${id} AS entry_id FROM ${schema.names.entry} ${aliases.entry}`,
    `WHERE ${conversationId} IS NULL AND (${inWindow(schema, aliases.entry, filter)}) ORDER BY ${id}`,
  ].join(' ')
}

/** Which entries are read: all those of a conversation with an entry in the window, or whose own times overlap it. */
function belongs(schema: Schema, filter: TimeFilter): string {
  const { conversationId } = keysOf(schema)
  const field = schema.field('entry', 'ConversationId')
  const active = `SELECT w.${field} FROM ${schema.names.entry} w WHERE ${inWindow(schema, 'w', filter)}`
  const open = overlapping(schema, filter)
  const choices = [active, ...(open === null ? [] : [open])].map((query) => `${conversationId} IN (${query})`)
  return `(${choices.join(' OR ')})`
}

/**
 * Entries go by the server's time, those without one by the next best: the same rule by which they are archived. What has no time
 * at all belongs to every window, so that somebody is told of it.
 */
function inWindow(schema: Schema, alias: string, { from, to }: TimeFilter): string {
  const times = schema.times.map((field) => `${alias}.${field}`)
  const time = times.length === 1 ? times[0] : `COALESCE(${times.join(', ')})`
  return `(${time} >= ${sqlString(from)} AND ${time} < ${sqlString(to)}) OR ${time} IS NULL`
}

/**
 * Conversations that the census of the window names although they may have no entry in it: so that their counts can be compared.
 * Null when the org does not show their times.
 */
function overlapping(schema: Schema, { from, to }: TimeFilter): string | null {
  const id = schema.find('conversation', 'Id')
  const start = schema.find('conversation', 'StartDateTime')
  const end = schema.find('conversation', 'EndDateTime')
  if (schema.names.conversation === null || id === null || start === null || end === null) return null
  const times = `(k.${start} < ${sqlString(to)} OR k.${start} IS NULL) AND (k.${end} >= ${sqlString(from)} OR k.${end} IS NULL)`
  return `SELECT k.${id} FROM ${schema.names.conversation} k WHERE ${times}`
}

function joins({ names, find }: Schema): readonly string[] {
  const join = (to: ObjectKey, from: ObjectKey, foreignKey: string): readonly string[] => {
    const [key, id] = [find(from, foreignKey), find(to, 'Id')]
    if (names[to] === null || key === null || id === null) return []
    return [`LEFT JOIN ${names[to]} ${aliases[to]} ON ${aliases[from]}.${key} = ${aliases[to]}.${id}`]
  }
  return [
    ...join('conversation', 'entry', 'ConversationId'),
    ...join('participant', 'entry', 'EngagementParticipantId'),
    ...join('role', 'participant', 'EngagementParticipantAppRoleId'),
  ]
}

function orderOf(schema: Schema): readonly string[] {
  const { id, conversationId } = keysOf(schema)
  const times = ['TranscriptedDateTime', 'ClientDateTime'].flatMap((name) => schema.find('entry', name) ?? [])
  return [conversationId, ...times.map((field) => `${aliases.entry}.${field}`), id]
}

function keysOf(schema: Schema): { readonly id: string; readonly conversationId: string } {
  const of = (name: string): string => `${aliases.entry}.${schema.field('entry', name)}`
  return { id: of('Id'), conversationId: of('ConversationId') }
}

function qualified({ object, field }: Column): string {
  return `${aliases[object]}.${field}`
}
