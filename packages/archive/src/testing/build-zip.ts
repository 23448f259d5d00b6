import { crc32, deflateRawSync } from 'node:zlib'

/** An entry as it is to be written, honest unless told otherwise. */
export interface ZipPiece {
  readonly name: string
  readonly content?: string | Buffer
  readonly method?: 0 | 8
  readonly flags?: number
  readonly madeBy?: number
  /** The version of the format that a reader has to know, by the central header. */
  readonly needs?: number
  readonly externalAttributes?: number
  /** Written before the local header. */
  readonly before?: Buffer
  /** Written behind the data. */
  readonly behind?: Buffer
  /** What the central directory says, where it differs. */
  readonly central?: Partial<
    Record<'name' | 'method' | 'crc' | 'size' | 'compressedSize' | 'offset' | 'flags', number | string>
  >
  /** What the local header says, where it differs. */
  readonly local?: Partial<Record<'name' | 'method' | 'crc' | 'size' | 'compressedSize' | 'flags', number | string>>
  /** Of the local header. */
  readonly extra?: Buffer
  /** Of the central directory. */
  readonly centralExtra?: Buffer
  readonly entryComment?: string
}

export interface ZipShape {
  readonly prefix?: Buffer
  readonly suffix?: Buffer
  readonly comment?: string
  /** Written between the last entry and the directory. */
  readonly beforeDirectory?: Buffer
  /** Written between the directory and the end record. */
  readonly behindDirectory?: Buffer
  readonly entryCount?: number
}

/** A ZIP by hand, so that it can lie. */
export function buildZip(pieces: readonly ZipPiece[], shape: ZipShape = {}): Buffer {
  const body: Buffer[] = [shape.prefix ?? Buffer.alloc(0)]
  const directory: Buffer[] = []
  let position = body[0]?.length ?? 0
  const write = (buffer: Buffer): void => {
    body.push(buffer)
    position += buffer.length
  }
  for (const piece of pieces) {
    write(piece.before ?? Buffer.alloc(0))
    const content = Buffer.from(piece.content ?? '')
    const method = piece.method ?? 8
    const data = method === 8 ? deflateRawSync(content) : content
    const facts = {
      name: piece.name,
      method,
      crc: crc32(content),
      size: content.length,
      compressedSize: data.length,
      offset: position,
      flags: piece.flags ?? 0x0800,
    }
    write(localHeader({ ...facts, ...piece.local } as typeof facts, piece.extra))
    write(data)
    write(piece.behind ?? Buffer.alloc(0))
    directory.push(centralHeader({ ...facts, ...piece.central } as typeof facts, piece))
  }
  write(shape.beforeDirectory ?? Buffer.alloc(0))
  const start = position
  for (const header of directory) write(header)
  const size = position - start
  write(shape.behindDirectory ?? Buffer.alloc(0))
  const comment = Buffer.from(shape.comment ?? '')
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(shape.entryCount ?? pieces.length, 8)
  end.writeUInt16LE(shape.entryCount ?? pieces.length, 10)
  end.writeUInt32LE(size, 12)
  end.writeUInt32LE(start, 16)
  end.writeUInt16LE(comment.length, 20)
  return Buffer.concat([...body, end, comment, shape.suffix ?? Buffer.alloc(0)])
}

/** A ZIP64 end: 98 bytes that name a directory anywhere. */
export function zip64End(entries: bigint, size: bigint, offset: bigint, recordAt: bigint): Buffer {
  const record = Buffer.alloc(56)
  record.writeUInt32LE(0x06064b50, 0)
  record.writeBigUInt64LE(44n, 4)
  record.writeBigUInt64LE(entries, 24)
  record.writeBigUInt64LE(entries, 32)
  record.writeBigUInt64LE(size, 40)
  record.writeBigUInt64LE(offset, 48)
  const locator = Buffer.alloc(20)
  locator.writeUInt32LE(0x07064b50, 0)
  locator.writeBigUInt64LE(recordAt, 8)
  locator.writeUInt32LE(1, 16)
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(0xffff, 8)
  end.writeUInt16LE(0xffff, 10)
  end.writeUInt32LE(0xffffffff, 12)
  end.writeUInt32LE(0xffffffff, 16)
  return Buffer.concat([record, locator, end])
}

interface Facts {
  readonly name: string
  readonly method: number
  readonly crc: number
  readonly size: number
  readonly compressedSize: number
  readonly offset: number
  readonly flags: number
}

function localHeader(
  { name, method, crc, size, compressedSize, flags }: Facts,
  extra: Buffer = Buffer.alloc(0),
): Buffer {
  const header = Buffer.alloc(30)
  header.writeUInt32LE(0x04034b50, 0)
  header.writeUInt16LE(20, 4)
  header.writeUInt16LE(flags, 6)
  header.writeUInt16LE(method, 8)
  header.writeUInt16LE(0x0041, 12)
  header.writeUInt32LE(crc, 14)
  header.writeUInt32LE(compressedSize, 18)
  header.writeUInt32LE(size, 22)
  header.writeUInt16LE(Buffer.byteLength(name), 26)
  header.writeUInt16LE(extra.length, 28)
  return Buffer.concat([header, Buffer.from(name), extra])
}

function centralHeader({ name, method, crc, size, compressedSize, offset, flags }: Facts, piece: ZipPiece): Buffer {
  const header = Buffer.alloc(46)
  header.writeUInt32LE(0x02014b50, 0)
  header.writeUInt16LE(((piece.madeBy ?? 3) << 8) | 45, 4)
  header.writeUInt16LE(piece.needs ?? 20, 6)
  header.writeUInt16LE(flags, 8)
  header.writeUInt16LE(method, 10)
  header.writeUInt16LE(0x0041, 14)
  header.writeUInt32LE(crc, 16)
  header.writeUInt32LE(compressedSize, 20)
  header.writeUInt32LE(size, 24)
  const extra = piece.centralExtra ?? Buffer.alloc(0)
  const comment = Buffer.from(piece.entryComment ?? '')
  header.writeUInt16LE(Buffer.byteLength(name), 28)
  header.writeUInt16LE(extra.length, 30)
  header.writeUInt16LE(comment.length, 32)
  header.writeUInt32LE((piece.externalAttributes ?? 0o100644 * 0x10000) >>> 0, 38)
  header.writeUInt32LE(offset, 42)
  return Buffer.concat([header, Buffer.from(name), extra, comment])
}
