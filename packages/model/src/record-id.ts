const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345'
const pattern = /^[\dA-Za-z]{15}(?:[\dA-Za-z]{3})?$/

/**
 * A Salesforce record id in its 18-character form, or null for what is no record id.
 *
 * APIs return the same id with 15 characters (case-sensitive) or 18 (the last three repeat the case of the first
 * fifteen). An 18-character id whose last three disagree with the rest is returned as it is: which part is wrong cannot
 * be told, and guessing would join records that do not belong together.
 */
export function toRecordId(id: unknown): string | null {
  if (typeof id !== 'string' || !pattern.test(id)) return null
  const short = id.slice(0, 15)
  const suffix = toSuffix(short)
  if (id.length === 15) return short + suffix
  return id.slice(15).toUpperCase() === suffix ? short + suffix : id
}

/**
 * What to compare two ids by: the 18-character form of a record id, anything else verbatim (a UUID, a `MessageIdentifier`).
 */
export function toJoinKey(id: string): string {
  return toRecordId(id) ?? id
}

/** One character for every five: bit n is set when the n-th of them is an upper-case letter. */
function toSuffix(short: string): string {
  let suffix = ''
  for (let chunk = 0; chunk < 15; chunk += 5) {
    let bits = 0
    for (let bit = 0; bit < 5; bit += 1) {
      const code = short.charCodeAt(chunk + bit)
      if (code >= 65 && code <= 90) bits |= 1 << bit
    }
    suffix += alphabet[bits]
  }
  return suffix
}
