import { commonWords } from './common-words.ts'
import { normaliseEmail } from './email.ts'
import { type Phrase, tokensOf } from './phrase-matcher.ts'

const roleMailboxes = new Set(
  'admin anfrage billing contact email hallo hello help info kontakt mail noreply office post reply sales service support team test user'.split(
    ' ',
  ),
)

/** The address as it stands, however it is punctuated, and its local part where that tells the person. */
export function emailPhrases(email: string): Phrase[] {
  const value = normaliseEmail(email)
  const local = tokensOf(value.slice(0, value.lastIndexOf('@')))
  const isTelling = local.join('').length > 4 && !(local.length === 1 && isOrdinary(local[0] ?? ''))
  return [tokensOf(value), ...(isTelling ? [local] : [])]
    .filter((tokens) => tokens.length > 0)
    .map((tokens) => ({ tokens, type: 'EMAIL', value, strength: 'strong', isUnbroken: true }))
}

function isOrdinary(word: string): boolean {
  return commonWords.has(word) || roleMailboxes.has(word) || /^\d+$/.test(word)
}

/** The address in one piece, and each of its lines that has a number in it; a town alone tells nobody. */
export function addressPhrases(address: string): Phrase[] {
  const value = addressValue(address)
  const lines = address.split(/[\n\r,;]+/).filter((line) => /\p{N}/u.test(line) && /\p{L}{2}/u.test(line))
  return [address, ...lines]
    .map(tokensOf)
    .filter((tokens) => tokens.length > 1 && tokens.join('').length > 4)
    .map((tokens) => ({ tokens, type: 'ADDRESS', value, strength: 'strong' }))
}

export function addressValue(address: string): string {
  return tokensOf(address).join(' ')
}

const minimumSubject = 8

export function keyPhrases(key: string, subject: string): Phrase[] {
  return [key, ...(subject.length >= minimumSubject ? [subject] : [])]
    .map(tokensOf)
    .filter((tokens) => tokens.join('').length > 2)
    .map((tokens) => ({ tokens, type: 'PLATFORM_KEY', value: subject, strength: 'strong' }))
}
