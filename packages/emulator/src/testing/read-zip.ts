import { inflateRawSync } from 'node:zlib'

/** The members of a ZIP by name, whole: for tests, of small files. */
export function readZip(bytes: Buffer): ReadonlyMap<string, Buffer> {
  const members = new Map<string, Buffer>()
  const end = bytes.lastIndexOf(Buffer.from('504b0506', 'hex'))
  if (end < 0) throw new Error('no ZIP')
  let at = bytes.readUInt32LE(end + 16)
  for (let left = bytes.readUInt16LE(end + 10); left > 0; left--) {
    const method = bytes.readUInt16LE(at + 10)
    const size = bytes.readUInt32LE(at + 20)
    const nameLength = bytes.readUInt16LE(at + 28)
    const name = bytes.toString('utf8', at + 46, at + 46 + nameLength)
    const local = bytes.readUInt32LE(at + 42)
    const start = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28)
    const data = bytes.subarray(start, start + size)
    members.set(name, method === 0 ? data : inflateRawSync(data))
    at += 46 + nameLength + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32)
  }
  return members
}

/** Rows of CSV as records: quotes, and lines within them. */
export function readCsv(text: string): Record<string, string>[] {
  const rows: string[][] = [[]]
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/y
  for (let row = rows[0] as string[]; cell.lastIndex < text.length; ) {
    const [, quoted, plain, end] = cell.exec(text) ?? []
    row.push(quoted === undefined ? (plain ?? '') : quoted.replaceAll('""', '"'))
    if (end === ',') continue
    row = []
    rows.push(row)
  }
  const [columns = [], ...records] = rows.filter((row) => row.length > 0)
  return records.map((record) => Object.fromEntries(columns.map((column, k) => [column, record[k] ?? ''])))
}
