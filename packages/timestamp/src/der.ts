import { type BaseBlock, Constructed, fromBER } from 'asn1js'
import { TimestampFault, type TimestampFinding } from './finding.ts'

/** A DER value: its identifier octet, all of its bytes, those after the length, and the values inside if it has any. */
export interface DerValue {
  readonly tag: number
  readonly raw: Uint8Array
  readonly content: Uint8Array
  readonly children: readonly DerValue[]
}

export const tag = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  objectIdentifier: 0x06,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
  /** `[n]` around another value, or in place of a constructed one. */
  context: (number: number): number => 0xa0 + number,
  /** `[n]` in place of a primitive value. */
  primitive: (number: number): number => 0x80 + number,
} as const

// Generous: a reply with a chain of four certificates is below 10 KiB, 600 values and 15 levels.
const limits = { maxDepth: 40, maxNodes: 8_192, parseEmbedded: false, copyInput: false } as const

/**
 * Reads one DER value that fills `bytes`. Framing is strict here (definite and shortest lengths, one-octet tags, values that
 * end where the one around them ends); what a value holds is judged by who reads it.
 *
 * @throws TimestampFault `TIMESTAMP_NOT_DER`
 */
export function readDer(bytes: Uint8Array, part: TimestampFinding['part'] = 'response'): DerValue {
  let block: BaseBlock | null = null
  try {
    const parsed = fromBER(bytes, { ...limits, maxContentLength: bytes.length })
    if (parsed.offset === bytes.length) block = parsed.result
  } catch {
    // The parser reports nearly everything; what it throws instead means the same.
  }
  const value = block && toValue(block)
  if (value?.raw.length !== bytes.length) {
    throw new TimestampFault('TIMESTAMP_NOT_DER', part, 'It is cut short, goes on after its end, or is not DER.')
  }
  return value
}

function toValue(block: BaseBlock): DerValue | null {
  const raw = block.valueBeforeDecodeView
  const [identifier = 0] = raw
  // The parser lets a value run over the end of the one around it, and lengths be longer than need be. For it, a value is as
  // long as its header and the values inside: where that is not what its length says, there is no header of this length.
  const header = headerLength(raw)
  if (header === null || (identifier & 0x1f) === 0x1f) return null
  const content = raw.subarray(header)
  const children: DerValue[] = []
  if (block instanceof Constructed) {
    for (const inner of block.valueBlock.value) {
      const child = toValue(inner)
      if (child === null) return null
      children.push(child)
    }
  } else if (identifier & 0x20) {
    return null
  }
  return { tag: identifier, raw, content, children }
}

/** Null unless the length is written as DER writes it and tells the truth. */
function headerLength(raw: Uint8Array): number | null {
  for (const header of [2, 3, 4, 5]) {
    const length = raw.length - header
    if (length < 0) return null
    const expected = encodeLength(length)
    if (expected.length === header - 1) return expected.every((octet, at) => raw[at + 1] === octet) ? header : null
  }
  return null
}

/** The value of `tag` with these parts, each the bytes of a value or of a content, one after the other. */
export function encodeDer(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const content = Buffer.concat(parts)
  return Buffer.concat([Uint8Array.of(tag, ...encodeLength(content.length)), content])
}

function encodeLength(length: number): readonly number[] {
  if (length < 0x80) return [length]
  const octets: number[] = []
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) octets.unshift(rest % 256)
  return [0x80 + octets.length, ...octets]
}
