import fc from 'fast-check'

/** One way to tamper with bytes; null where it would leave them as they are. */
export type Mutation = (bytes: Buffer) => Buffer | null

const at = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
const place = (fraction: number, bytes: Buffer): number => Math.floor(fraction * bytes.length)

function changedOnly(mutate: (bytes: Buffer) => Buffer): Mutation {
  return (bytes) => {
    const result = mutate(bytes)
    return result.equals(bytes) ? null : result
  }
}

const flip = fc.tuple(at, fc.integer({ min: 1, max: 255 })).map(([where, bits]) =>
  changedOnly((bytes) => {
    const copy = Buffer.from(bytes)
    const index = place(where, bytes)
    copy[index] = (copy[index] ?? 0) ^ bits
    return copy
  }),
)
const remove = fc.tuple(at, fc.integer({ min: 1, max: 400 })).map(([where, length]) =>
  changedOnly((bytes) => {
    const index = place(where, bytes)
    return Buffer.concat([bytes.subarray(0, index), bytes.subarray(index + length)])
  }),
)
const insert = fc
  .tuple(
    at,
    fc.oneof(fc.uint8Array({ minLength: 1, maxLength: 20 }), fc.constantFrom('\n', ' ', '{}\n', '0').map(bytesOf)),
  )
  .map(([where, added]) =>
    changedOnly((bytes) => {
      const index = place(where, bytes)
      return Buffer.concat([bytes.subarray(0, index), added, bytes.subarray(index)])
    }),
  )
const cut = at.map((where) => changedOnly((bytes) => bytes.subarray(0, place(where, bytes))))

/** Lines swapped, doubled, left out, or one field of one written anew. */
const lines = fc.tuple(at, at, fc.constantFrom('swap', 'double', 'drop', 'edit')).map(([from, to, what]) =>
  changedOnly((bytes) => {
    const all = bytes.toString('latin1').split(/(?<=\n)/)
    const [a, b] = [Math.floor(from * all.length), Math.floor(to * all.length)]
    const [one = '', other = ''] = [all[a], all[b]]
    if (what === 'swap') {
      all[a] = other
      all[b] = one
    } else if (what === 'double') all.splice(b, 0, one)
    else if (what === 'drop') all.splice(a, 1)
    else all[a] = one.replace(/"records":\d+/, '"records":7777')
    return Buffer.from(all.join(''), 'latin1')
  }),
)

/** Any edit, cut, insertion or reordering. */
export const mutation: fc.Arbitrary<Mutation> = fc.oneof(flip, remove, insert, cut, lines)

function bytesOf(text: string): Uint8Array {
  return Buffer.from(text)
}
