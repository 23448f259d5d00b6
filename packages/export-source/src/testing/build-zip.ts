import { crc32, deflateRawSync } from 'node:zlib'

/** An entry as it is to be written, honest unless told otherwise. */
export interface ZipPiece {
  readonly name: string
  readonly content?: string | Buffer
  readonly method?: number
  readonly flags?: number
  readonly externalAttributes?: number
  /** Written behind the data. */
  readonly behind?: Buffer
  /** What the central directory says, where it differs. */
  readonly central?: Partial<Facts>
  /** What the local header says, where it differs. */
  readonly local?: Partial<Facts>
  /** The extra field of the central directory. */
  readonly extra?: Buffer
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

export interface ZipShape {
  readonly suffix?: Buffer
  readonly entryCount?: number
  readonly disk?: number
}

/** A ZIP by hand, so that it can lie. */
export function buildZip(pieces: readonly ZipPiece[], shape: ZipShape = {}): Buffer {
  const body: Buffer[] = []
  const directory: Buffer[] = []
  let position = 0
  for (const piece of pieces) {
    const content = Buffer.from(piece.content ?? '')
    const method = piece.method ?? 8
    const data = method === 8 ? deflateRawSync(content) : content
    const facts: Facts = {
      name: piece.name,
      method,
      crc: crc32(content),
      size: content.length,
      compressedSize: data.length,
      offset: position,
      flags: piece.flags ?? 0x0800,
    }
    directory.push(centralHeader({ ...facts, ...piece.central }, piece))
    for (const part of [localHeader({ ...facts, ...piece.local }), data, piece.behind ?? Buffer.alloc(0)]) {
      body.push(part)
      position += part.length
    }
  }
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(shape.disk ?? 0, 4)
  end.writeUInt16LE(shape.entryCount ?? pieces.length, 8)
  end.writeUInt16LE(shape.entryCount ?? pieces.length, 10)
  end.writeUInt32LE(Buffer.concat(directory).length, 12)
  end.writeUInt32LE(position, 16)
  return Buffer.concat([...body, ...directory, end, shape.suffix ?? Buffer.alloc(0)])
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

function localHeader({ name, method, crc, size, compressedSize, flags }: Facts): Buffer {
  const header = Buffer.alloc(30)
  header.writeUInt32LE(0x04034b50, 0)
  header.writeUInt16LE(20, 4)
  header.writeUInt16LE(flags, 6)
  header.writeUInt16LE(method, 8)
  header.writeUInt32LE(crc, 14)
  header.writeUInt32LE(compressedSize, 18)
  header.writeUInt32LE(size, 22)
  header.writeUInt16LE(Buffer.byteLength(name), 26)
  return Buffer.concat([header, Buffer.from(name)])
}

function centralHeader({ name, method, crc, size, compressedSize, offset, flags }: Facts, piece: ZipPiece): Buffer {
  const header = Buffer.alloc(46)
  const extra = piece.extra ?? Buffer.alloc(0)
  header.writeUInt32LE(0x02014b50, 0)
  header.writeUInt16LE((3 << 8) | 45, 4)
  header.writeUInt16LE(20, 6)
  header.writeUInt16LE(flags, 8)
  header.writeUInt16LE(method, 10)
  header.writeUInt32LE(crc, 16)
  header.writeUInt32LE(compressedSize, 20)
  header.writeUInt32LE(size, 24)
  header.writeUInt16LE(Buffer.byteLength(name), 28)
  header.writeUInt16LE(extra.length, 30)
  header.writeUInt32LE((piece.externalAttributes ?? 0o100644 * 0x10000) >>> 0, 38)
  header.writeUInt32LE(offset, 42)
  return Buffer.concat([header, Buffer.from(name), extra])
}
