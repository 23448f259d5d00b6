import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { recordId } from '../ids.ts'
import { filesPerConversation } from '../objects/content.ts'
import type { Field, SchemaObject } from '../soql/schema.ts'
import { filesOf } from '../world/attachments.ts'
import { fileBytes } from '../world/file-bytes.ts'
import { csvLines } from './csv-lines.ts'
import type { ExportedOrg } from './export-entries.ts'
import { zipFile } from './zip-writer.ts'

/** Where a classic data export is written, and in how many parts. */
export interface DataExportOptions {
  /** Made if it is not there. */
  readonly directory: string
  /** A part is closed once its files reach this many bytes, before compression. @defaultValue 512,000,000 */
  readonly partBytes?: number
  /** Whether the files of messages come along. @defaultValue true */
  readonly files?: boolean
}

/** A file that goes into a part; the next part goes on where it stopped. */
interface Member {
  readonly name: string
  readonly chunks: (budget: Budget) => Iterable<string | Uint8Array>
  readonly finished: () => boolean
}

interface Budget {
  left: number
}

/**
 * The classic Data Export (Help, Export Backup Data from Salesforce): `WE_<orgId>_<n>.ZIP`, a CSV for each object of the
 * platform. Entries of conversations are not on the platform, and so not in it.
 */
export async function dataExport(org: ExportedOrg, options: DataExportOptions): Promise<readonly string[]> {
  const { directory, partBytes = 512_000_000, files = true } = options
  await mkdir(directory, { recursive: true })
  const date = new Date(org.clock.now())
  const paths: string[] = []
  const members = membersOf(org, files)[Symbol.iterator]()
  for (let next = members.next(); !next.done; ) {
    const path = join(directory, `WE_${recordId('Organization', 1)}_${paths.length + 1}.ZIP`)
    const zip = zipFile(path, date)
    const budget = { left: partBytes }
    while (!next.done && budget.left > 0) {
      const member: Member = next.value
      await zip.add(member.name, member.chunks(budget))
      // assumption: an object that does not fit goes on in the next part, under the same name and with its header.
      if (member.finished()) next = members.next()
    }
    await zip.close()
    paths.push(path)
  }
  return paths
}

function* membersOf(org: ExportedOrg, files: boolean): Iterable<Member> {
  for (const object of org.schema.values()) yield tableMember(object)
  if (!files || !org.schema.has('contentversion')) return
  const absent = org.deletions.absent('records')
  for (let index = 0; index < org.world.conversations; index++) {
    if (org.deletions.switches.files === 'deleted' && absent.sessions(index)) continue
    for (const [k, { entryId, mimeType }] of filesOf(org.world, index).entries()) {
      const id = recordId('ContentVersion', index * filesPerConversation + k)
      yield fileMember(`ContentVersion/${id}`, () => fileBytes(org.world.seed, entryId, mimeType))
    }
  }
}

function tableMember(object: SchemaObject): Member {
  const fields = [...object.fields.values()]
  const rows = object.rows(0, object.bound)[Symbol.iterator]()
  let next = rows.next()

  function* within(budget: Budget): Iterable<readonly string[]> {
    for (; !next.done && budget.left > 0; next = rows.next()) {
      const row = next.value
      const cells = fields.map((field) => cell(field, row))
      budget.left -= cells.reduce((sum, text) => sum + Buffer.byteLength(text) + 3, 1)
      yield cells
    }
  }

  return {
    name: `${object.name}.csv`,
    chunks: (budget) => csvLines({ columns: fields.map(({ name }) => name) }, within(budget)),
    finished: () => next.done === true,
  }
}

function fileMember(name: string, bytes: () => Buffer): Member {
  return {
    name,
    *chunks(budget) {
      const content = bytes()
      budget.left -= content.length
      yield content
    },
    finished: () => true,
  }
}

// assumption: datetimes of the Data Export are written in GMT, with a space and without a fraction.
function cell({ type, get }: Field, row: number): string {
  const value = get(row)
  if (value === null) return ''
  if (type === 'datetime') return new Date(Number(value)).toISOString().slice(0, 19).replace('T', ' ')
  return type === 'boolean' ? (value ? '1' : '0') : String(value)
}
