import { createHash } from 'node:crypto'
import { extname } from 'node:path/posix'
import { recordNumber } from '../ids.ts'
import { apiVersions } from '../limits.ts'
import type { SchemaObject } from '../soql/schema.ts'
import { filesOf, type SentFile } from '../world/attachments.ts'
import { fileBytes } from '../world/file-bytes.ts'
import type { World } from '../world/world.ts'
import { auditFields, byId, fieldsOf, idOf, idRange, parentsOf } from './fields.ts'

/** Room for the files of one conversation in the numbering of rows. */
export const filesPerConversation = 8

/** What the objects about files have in common: rows are eight to a conversation, one for each file sent in it. */
function fileRows(world: World): {
  readonly bound: number
  readonly rowsOf: (index: number) => number[]
  readonly file: (row: number) => SentFile
  readonly exists: (row: number) => boolean
  readonly rows: SchemaObject['rows']
} {
  const bound = world.conversations * filesPerConversation
  const indexOf = (row: number): number => Math.floor(row / filesPerConversation)
  const rowsOf = (index: number): number[] => filesOf(world, index).map((_, k) => index * filesPerConversation + k)
  return {
    bound,
    rowsOf,
    file: (row) => filesOf(world, indexOf(row))[row % filesPerConversation] as SentFile,
    exists: (row) => row < bound && row % filesPerConversation < filesOf(world, indexOf(row)).length,
    *rows(first, end) {
      for (let index = indexOf(Math.max(0, first)); index * filesPerConversation < end; index++) {
        for (const row of rowsOf(index)) if (row >= first && row < end) yield row
      }
    },
  }
}

const sessionOf = ({ index, step }: SentFile): string | null => idOf('MessagingSession', index * 8 + step.session)

/** The files of messages, as the platform stores them. */
export function contentVersionObject(world: World): SchemaObject {
  const { bound, file, exists, rows } = fileRows(world)
  const bytes = (row: number): Buffer => fileBytes(world.seed, file(row).entryId, file(row).mimeType)
  const sent = (row: number): number => file(row).step.at
  const id = (row: number): string | null => idOf('ContentVersion', row)
  return {
    name: 'ContentVersion',
    bound,
    rows,
    fields: fieldsOf({
      Id: ['id', id],
      ContentDocumentId: ['id', (row) => idOf('ContentDocument', row)],
      Title: ['string', (row) => file(row).name],
      PathOnClient: ['string', (row) => file(row).name],
      FileExtension: ['string', (row) => extname(file(row).name).slice(1) || null],
      FileType: ['string', (row) => file(row).mimeType.split('/')[1]?.toUpperCase() ?? null],
      ContentSize: ['number', (row) => bytes(row).length],
      Checksum: ['string', (row) => createHash('md5').update(bytes(row)).digest('hex')],
      VersionData: [
        'string',
        (row) => `/services/data/v${apiVersions.newest}.0/sobjects/ContentVersion/${id(row)}/VersionData`,
      ],
      VersionNumber: ['string', () => '1'],
      IsLatest: ['boolean', () => true],
      FirstPublishLocationId: ['id', (row) => sessionOf(file(row))],
      OwnerId: ['id', () => idOf('User', 0)],
      ...auditFields(sent, sent),
    }),
    parents: parentsOf({}),
    indexes: new Map([
      ['id', byId('ContentVersion', exists)],
      ['contentdocumentid', byId('ContentDocument', exists)],
    ]),
    ranges: new Map([['id', idRange('ContentVersion', bound)]]),
    ordered: new Set(['id']),
  }
}

/** Which file belongs to which session. */
export function contentDocumentLinkObject(world: World): SchemaObject {
  const { bound, file, exists, rows, rowsOf } = fileRows(world)
  return {
    name: 'ContentDocumentLink',
    bound,
    rows,
    fields: fieldsOf({
      Id: ['id', (row) => idOf('ContentDocumentLink', row)],
      ContentDocumentId: ['id', (row) => idOf('ContentDocument', row)],
      LinkedEntityId: ['id', (row) => sessionOf(file(row))],
      ShareType: ['string', () => 'V'],
      Visibility: ['string', () => 'AllUsers'],
      SystemModstamp: ['datetime', (row) => file(row).step.at],
      IsDeleted: ['boolean', () => false],
    }),
    parents: parentsOf({}),
    indexes: new Map([
      ['id', byId('ContentDocumentLink', exists)],
      ['contentdocumentid', byId('ContentDocument', exists)],
      [
        'linkedentityid',
        (session) => {
          const number = recordNumber('MessagingSession', session)
          const index = number === undefined ? world.conversations : Math.floor(number / 8)
          if (number === undefined || index >= world.conversations) return []
          return rowsOf(index).filter((row) => file(row).step.session === number % 8)
        },
      ],
    ]),
    ranges: new Map([['id', idRange('ContentDocumentLink', bound)]]),
    ordered: new Set(['id']),
  }
}
