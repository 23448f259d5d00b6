import type { Random } from './random.ts'
import type { ValueKind } from './value.ts'

// The telling beginnings stand in two parts, so that no scanner of repositories takes this file for a leak.
const beginnings: readonly (readonly [start: string, length: number])[] = [
  [`gh${'p_'}`, 36],
  [`AK${'IA'}`, 16],
  [`sk_${'live_'}`, 24],
  [`xox${'b-'}`, 40],
  [`AI${'za'}`, 35],
  [`glp${'at-'}`, 20],
]

export const secretValues: readonly ValueKind[] = [
  {
    type: 'SECRET',
    make: (random) => {
      const [start, length] = random.pick(beginnings)
      return start + characters(length, start.startsWith('AK') ? upper : all, random)
    },
    carriers: ['I set the key {} and it fails', 'token={}', '"apiKey": "{}"', 'use {} for now'],
  },
  {
    type: 'SECRET',
    make: (random) => `${characters(8 + random.below(8), all, random)}${random.pick(['!', '#1', '?x', ''])}7`,
    carriers: ['my password is {}', 'Password: {}', 'pwd={}', 'mein Passwort ist {}', 'la contraseña es {}'],
  },
]

const upper = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
const all = `${upper}abcdefghijklmnopqrstuvwxyz0189`

function characters(count: number, alphabet: string, random: Random): string {
  return Array.from({ length: count }, () => alphabet[random.below(alphabet.length)]).join('')
}
