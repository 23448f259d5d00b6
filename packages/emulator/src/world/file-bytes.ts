import { crc32, deflateSync } from 'node:zlib'
import { hash32, Random } from '../random.ts'
import { purpose } from './purposes.ts'

const kilobyte = 1_024

/**
 * The bytes of a file: the same for the same seed and entry, and of the type they claim. Every second file is one that
 * many people send, so that some are equal to one another.
 */
export function fileBytes(seed: number, entryId: string, mimeType: string): Buffer {
  const draw = Number.parseInt(entryId.slice(-8), 16)
  const random = new Random(seed, purpose.file, draw % 2 === 0 ? 0 : draw, hash32(0, mimeType.length))
  const size = random.between(2 * kilobyte, 180 * kilobyte)
  switch (mimeType) {
    case 'image/jpeg':
      return jpeg(random, size)
    case 'image/png':
      return png(random, Math.round(Math.sqrt(size / 3)))
    case 'application/pdf':
      return pdf(random, size)
    default:
      return Buffer.from(words(random, size))
  }
}

/** As many bytes as asked for, a stretch at a time. */
export function* endlessBytes(seed: number, entryId: string, length: number): Iterable<Buffer> {
  const stretch = noise(new Random(seed, purpose.file, Number.parseInt(entryId.slice(-8), 16)), 64 * kilobyte)
  for (let sent = 0; sent < length; sent += stretch.length)
    yield stretch.subarray(0, Math.min(stretch.length, length - sent))
}

function noise(random: Random, length: number): Buffer {
  const bytes = Buffer.alloc(length)
  for (let k = 0; k + 4 <= length; k += 4) bytes.writeUInt32LE(random.next(), k)
  return bytes
}

/** The smallest picture, with comments that make it as large as pictures are. */
function jpeg(random: Random, size: number): Buffer {
  const smallest = Buffer.from(
    '/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAAMCAgICAgMCAgIDAwMDBAYEBAQEBAgGBgUGCQgKCgkICQkKDA8MCgsOCwkJDRENDg8QEBEQCgwSExIQEw8QEBD/yQALCAABAAEBAREA/8wABgAQEAX/2gAIAQEAAD8A0s8g/9k=',
    'base64',
  )
  const comments: Buffer[] = []
  for (let left = size; left > 0; left -= 60_000) {
    const text = noise(random, Math.min(left, 60_000))
    const head = Buffer.from([0xff, 0xfe, 0, 0])
    head.writeUInt16BE(text.length + 2, 2)
    comments.push(head, text)
  }
  // Behind the start of image and the first segment.
  return Buffer.concat([smallest.subarray(0, 20), ...comments, smallest.subarray(20)])
}

/** A square of coloured noise. */
function png(random: Random, side: number): Buffer {
  const row = 1 + side * 3
  const pixels = noise(random, row * side)
  for (let y = 0; y < side; y++) pixels[y * row] = 0
  const header = Buffer.alloc(13)
  header.writeUInt32BE(side, 0)
  header.writeUInt32BE(side, 4)
  header.set([8, 2, 0, 0, 0], 8)
  const chunk = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
    const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)]
    length.writeUInt32BE(data.length)
    checksum.writeUInt32BE(crc32(body))
    return Buffer.concat([length, body, checksum])
  }
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  // Stored, not compressed: the same bytes from every version of the compressor.
  const data = chunk('IDAT', deflateSync(pixels, { level: 0 }))
  return Buffer.concat([signature, chunk('IHDR', header), data, chunk('IEND', Buffer.alloc(0))])
}

/** A page that is empty, and a stream nobody reads. */
function pdf(random: Random, size: number): Buffer {
  const text = words(random, size)
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>',
    `<< /Length ${text.length} >>\nstream\n${text}\nendstream`,
  ]
  let body = '%PDF-1.4\n'
  const places = objects.map((object, k) => {
    const place = body.length
    body += `${k + 1} 0 obj\n${object}\nendobj\n`
    return `${String(place).padStart(10, '0')} 00000 n \n`
  })
  const table = `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${places.join('')}`
  const trailer = `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${body.length}\n%%EOF\n`
  return Buffer.from(body + table + trailer, 'latin1')
}

const vocabulary = ['order', 'parcel', 'harbour', 'pine', 'lamp', 'shelf', 'oak', 'return', 'label', 'street']

function words(random: Random, length: number): string {
  const parts: string[] = []
  for (let written = 0; written < length; ) {
    const word = `${random.pick(vocabulary)}${random.chance(0.1) ? '\n' : ' '}`
    parts.push(word)
    written += word.length
  }
  return parts.join('')
}
