// ITU-T E.164 country codes of one and two digits; all others have three.
const short = new Set(
  (
    '1 7 20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 81 82 84 86 ' +
    '90 91 92 93 94 95 98'
  ).split(' '),
)

/** The length of the country calling code that international digits (without `+` or `00`) begin with. */
export function callingCodeLength(digits: string): number {
  if (short.has(digits.slice(0, 1))) return 1
  return short.has(digits.slice(0, 2)) ? 2 : 3
}
