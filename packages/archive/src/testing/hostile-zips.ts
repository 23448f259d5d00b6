import { randomBytes } from 'node:crypto'
import { buildZip, type ZipPiece, type ZipShape, zip64End } from './build-zip.ts'

/** A ZIP that is not what it seems to be. */
export interface HostileZip {
  readonly name: string
  /** The finding, or the error where it cannot be opened at all. */
  readonly code: string
  /** Packs the files of a valid bag. */
  readonly pack: (files: ReadonlyMap<string, Buffer | string>) => Buffer
}

type Pieces = readonly ZipPiece[]

function packed(change: (pieces: Pieces) => Pieces = (pieces) => pieces, shape: ZipShape = {}): HostileZip['pack'] {
  return (files) => {
    const pieces = [...files].map(([path, content]) => ({ name: `bag/${path}`, content }))
    return buildZip(change(pieces), shape)
  }
}

/** Changes how README.txt is packed. */
function readme(change: Partial<ZipPiece>): HostileZip['pack'] {
  return packed((pieces) => pieces.map((piece) => (piece.name === 'bag/README.txt' ? { ...piece, ...change } : piece)))
}

function named(name: string): HostileZip['pack'] {
  return packed((pieces) => [...pieces, { name, content: 'x' }])
}

/** ZIPs that every reader of archives has to refuse, each with its finding. */
export const hostileZips: readonly HostileZip[] = [
  { name: 'a path out of the folder', code: 'PATH', pack: named('bag/data/../../x') },
  { name: 'an absolute path', code: 'ZIP_TOP', pack: named('/etc/passwd') },
  { name: 'a path with a backslash', code: 'PATH', pack: named('bag/data\\..\\x') },
  { name: 'a home folder', code: 'PATH', pack: named('bag/~root/.profile') },
  { name: 'a second top folder', code: 'ZIP_TOP', pack: named('__MACOSX/x') },
  { name: 'one name twice', code: 'ZIP_DUPLICATE', pack: named('bag/README.txt') },
  { name: 'names that differ in case', code: 'PATH_DUPLICATE', pack: named('bag/readme.TXT') },
  { name: 'a name with NUL', code: 'PATH', pack: named('bag/data/x\0y') },
  { name: 'a symbolic link', code: 'ZIP_SPECIAL_FILE', pack: readme({ externalAttributes: 0o120777 * 0x10000 }) },
  { name: 'an encrypted entry', code: 'ZIP_ENCRYPTED', pack: readme({ flags: 0x0801 }) },
  { name: 'an unknown method', code: 'ZIP_METHOD', pack: readme({ central: { method: 12 }, local: { method: 12 } }) },
  {
    name: 'another name in the local header',
    code: 'ZIP_LOCAL_HEADER',
    pack: readme({ local: { name: 'bag/READYOU.tx' } }),
  },
  { name: 'another size in the local header', code: 'ZIP_LOCAL_HEADER', pack: readme({ local: { size: 1 } }) },
  { name: 'a size that is too small', code: 'ZIP_SIZE', pack: readme({ local: { size: 9 }, central: { size: 9 } }) },
  {
    name: 'a size that is too large',
    code: 'ZIP_SIZE',
    pack: readme({ local: { size: 9_999 }, central: { size: 9_999 } }),
  },
  { name: 'a wrong CRC', code: 'ZIP_CRC', pack: readme({ local: { crc: 1 }, central: { crc: 1 } }) },
  { name: 'a bomb', code: 'ZIP_RATIO', pack: readme({ content: Buffer.alloc(2_000_000) }) },
  {
    name: 'data that is none',
    code: 'ZIP_DATA',
    pack: readme({ content: randomBytes(100), method: 0, central: { method: 8 }, local: { method: 8 } }),
  },
  {
    name: 'entries that overlap',
    code: 'ZIP_OVERLAP',
    pack: packed((pieces) => [...pieces, { name: 'bag/data/x', central: { offset: 3 } }]),
  },
  {
    name: 'bytes before the first entry',
    code: 'ZIP_HIDDEN_BYTES',
    pack: packed(undefined, { prefix: Buffer.from('#!/bin/sh\n') }),
  },
  { name: 'bytes between entries', code: 'ZIP_HIDDEN_BYTES', pack: readme({ before: Buffer.from('hidden') }) },
  {
    name: 'bytes before the directory',
    code: 'ZIP_HIDDEN_BYTES',
    pack: packed(undefined, { beforeDirectory: Buffer.from('hidden') }),
  },
  {
    name: 'bytes behind the end',
    code: 'ZIP_TRAILING_BYTES',
    pack: packed(undefined, { suffix: Buffer.from('hidden') }),
  },
  { name: 'a comment', code: 'ZIP_TRAILING_BYTES', pack: packed(undefined, { comment: 'hidden' }) },
  { name: 'an end record that miscounts', code: 'ZIP_DIRECTORY', pack: packed(undefined, { entryCount: 3 }) },
  {
    name: 'a ZIP64 directory outside of the file',
    code: 'NOT_AN_ARCHIVE',
    pack: () => zip64End(1n, 100n, 2n ** 60n, 0n),
  },
]
