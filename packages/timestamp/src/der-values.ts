import { type DerValue, encodeDer, tag } from './der.ts'
import { TimestampFault, type TimestampFinding } from './finding.ts'

/** The fields of a constructed value, taken in order: nothing may be left over, nothing is skipped. */
export class Fields {
  readonly #values: readonly DerValue[]
  readonly #what: string
  readonly #part: TimestampFinding['part']
  #at = 0

  constructor(value: DerValue, expected: number, what: string, part: TimestampFinding['part'] = 'response') {
    this.#what = what
    this.#part = part
    if (value.tag !== expected) throw this.fault()
    this.#values = value.children
  }

  take(expected: number): DerValue {
    return this.optional(expected) ?? this.#throw()
  }

  optional(expected: number): DerValue | undefined {
    const value = this.#values[this.#at]
    if (value?.tag !== expected) return undefined
    this.#at++
    return value
  }

  /** Whatever is there. */
  any(): DerValue {
    return this.#values[this.#at++] ?? this.#throw()
  }

  /** All that follow, of one tag. */
  rest(expected: number): readonly DerValue[] {
    const values = this.#values.slice(this.#at)
    if (values.some((value) => value.tag !== expected)) throw this.fault()
    this.#at = this.#values.length
    return values
  }

  end(): void {
    if (this.#at !== this.#values.length) throw this.fault()
  }

  fault(): TimestampFault {
    return new TimestampFault('TIMESTAMP_MALFORMED', this.#part, `Its ${this.#what} is not formed as it should be.`)
  }

  #throw(): never {
    throw this.fault()
  }
}

/** The value of an INTEGER, or null when it is empty or longer than it needs to be. */
export function integerOf({ content }: DerValue): bigint | null {
  const [first, second = 0] = content
  if (first === undefined || content.length > 64) return null
  if (content.length > 1 && (first === 0 || first === 0xff) && first >> 7 === second >> 7) return null
  return BigInt.asIntN(content.length * 8, BigInt(`0x${Buffer.from(content).toString('hex')}`))
}

/** An INTEGER that is not negative. */
export function encodeInteger(value: bigint): Uint8Array {
  const hex = value.toString(16)
  const octets = Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex')
  return encodeDer(tag.integer, (octets[0] ?? 0) > 0x7f ? Uint8Array.of(0) : Uint8Array.of(), octets)
}

/** An OBJECT IDENTIFIER in dotted form, or null when it is none. */
export function objectIdentifierOf({ content }: DerValue): string | null {
  // 2.25.<UUID> is the longest that is in use: 19 octets for its last arc.
  if (content.length === 0 || content.length > 64) return null
  const arcs: bigint[] = []
  let arc = 0n
  let fresh = true
  for (const octet of content) {
    if (fresh && octet === 0x80) return null
    arc = (arc << 7n) | BigInt(octet & 0x7f)
    fresh = octet < 0x80
    if (fresh) {
      arcs.push(arc)
      arc = 0n
    }
  }
  const [first = 0n, ...others] = arcs
  if (!fresh) return null
  const root = first < 80n ? first / 40n : 2n
  return [root, first - root * 40n, ...others].join('.')
}

/** The encoding of a dotted OBJECT IDENTIFIER, or null when it is none. */
export function encodeObjectIdentifier(dotted: string): Uint8Array | null {
  if (dotted.length > 128 || !/^[0-2](\.(0|[1-9]\d{0,38}))+$/.test(dotted)) return null
  const [root = 0n, second = 0n, ...others] = dotted.split('.').map(BigInt)
  if (root < 2n && second > 39n) return null
  const octets = [root * 40n + second, ...others].flatMap((arc) => {
    const digits = [Number(arc & 0x7fn)]
    for (let rest = arc >> 7n; rest > 0n; rest >>= 7n) digits.unshift(Number(rest & 0x7fn) | 0x80)
    return digits
  })
  return encodeDer(tag.objectIdentifier, Uint8Array.from(octets))
}

/** A GeneralizedTime as DER writes it (UTC, no needless zeros), to the millisecond, or null. */
export function instantOf({ content }: DerValue): string | null {
  const text = Buffer.from(content.subarray(0, 40)).toString('latin1')
  const match = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.(\d*[1-9]))?Z$/.exec(text)
  if (!match || text.length !== content.length) return null
  const [, year, month, day, hour, minute, second, fraction = ''] = match
  const instant = `${year}-${month}-${day}T${hour}:${minute}:${second}.${fraction.slice(0, 3).padEnd(3, '0')}Z`
  // A day that the calendar does not have is parsed as another one, or not at all.
  const date = new Date(instant)
  return !Number.isNaN(date.getTime()) && date.toISOString() === instant ? instant : null
}
