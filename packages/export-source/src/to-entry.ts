import { type Entry, type Json, type Role, readPayload, type Sender, toRole } from '@custody/model'
import { typeOfPlainText } from './assumptions.ts'
import type { Columns } from './columns.ts'
import type { ExportMapping } from './mapping.ts'
import type { Row } from './row.ts'
import { parsedJson, RowCells } from './row-cells.ts'

/** An entry, and what places it. */
export interface ReadEntry {
  /** The identifier of its conversation as written. */
  readonly conversation: string
  /** Its `entryId` is empty where the export gives none. */
  readonly entry: Entry
  /** Whether a server time places it, or only the sender's clock. */
  readonly byServer: boolean
}

/** Why a row is no entry. */
export interface Unreadable {
  readonly code: 'ROW_WITHOUT_CONVERSATION' | 'ROW_WITHOUT_TIMESTAMP'
  readonly message: string
}

/** Reads a row into the model. Pure. */
export function toEntry(row: Row, columns: Columns, mapping: ExportMapping): ReadEntry | Unreadable {
  const cells = new RowCells(row, columns)
  const conversation = cells.text('conversation')
  if (conversation === null) return { code: 'ROW_WITHOUT_CONVERSATION', message: 'It names no conversation.' }
  const serverAt = cells.instant('serverAt', mapping.offset)
  const clientAt = cells.instant('clientAt', mapping.offset)
  const sentAt = serverAt ?? clientAt
  if (sentAt === null) {
    return { code: 'ROW_WITHOUT_TIMESTAMP', message: 'It has no usable time, so no window holds it.' }
  }
  const payload = cells.value('payload')
  // Beside a payload a text may say something else: then it stays in `extra`.
  const words = payload === null ? cells.text('text') : null
  const entryType = cells.text('entryType') ?? (words !== null || isPlainText(payload) ? typeOfPlainText : '')
  const reading = readPayload(entryType, payload)
  return {
    conversation,
    byServer: serverAt !== null,
    entry: {
      entryId: cells.text('entryId') ?? '',
      sentAt,
      clientAt,
      kind: reading.kind,
      entryType,
      sender: readSender(cells, mapping),
      text: reading.text ?? words,
      content: reading.content,
      relatedRecords: cells.ids('relatedRecords'),
      source: 'transcript-export',
      payload,
      extra: cells.rest(),
    },
  }
}

/** The sender by columns of its own, else by the one that holds all of it. */
function readSender(cells: RowCells, mapping: ExportMapping): Sender {
  const whole = readWhole(cells, mapping)
  const word = cells.text('role')
  const role = word === null ? whole.role : toRoleBy(word, mapping)
  // An unknown word is `other` in the model: the word itself would be lost.
  if (word !== null && role === 'other') cells.keepRest('role', word)
  return {
    role,
    appType: cells.text('appType') ?? whole.appType,
    subject: cells.text('subject') ?? whole.subject,
    displayName: cells.text('displayName') ?? whole.displayName,
  }
}

const nobody: Sender = { role: 'other', appType: null, subject: null, displayName: null }

/** `sender`: an object, one as JSON text, or a word: a role, else a name. */
function readWhole(cells: RowCells, mapping: ExportMapping): Sender {
  const value = cells.value('sender')
  const whole = typeof value === 'string' ? (parsedJson(value) ?? value) : value
  if (typeof whole === 'string') {
    const role = toRoleBy(whole, mapping)
    return role === 'other' ? { ...nobody, displayName: whole } : { ...nobody, role }
  }
  if (whole === null || typeof whole !== 'object' || Array.isArray(whole)) {
    cells.keepRest('sender', whole)
    return nobody
  }
  const members = new Map(Object.entries(whole as { readonly [name: string]: Json }))
  const take = (name: string): string | null => {
    const member = members.get(name)
    if (typeof member !== 'string') return null
    members.delete(name)
    return member
  }
  const word = take('role')
  const role = word === null ? 'other' : toRoleBy(word, mapping)
  const sender = { role, appType: take('appType'), subject: take('subject'), displayName: take('displayName') }
  if (word !== null && role === 'other') members.set('role', word)
  const rest = [...members].filter(([, member]) => member !== null)
  if (rest.length > 0) cells.keepRest('sender', Object.fromEntries(rest))
  return sender
}

function toRoleBy(word: string, { roles }: ExportMapping): Role {
  return Object.hasOwn(roles, word) ? (roles[word] ?? 'other') : toRole(word)
}

function isPlainText(payload: Json): boolean {
  return typeof payload === 'string' && parsedJson(payload) === null
}
