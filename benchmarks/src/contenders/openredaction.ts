import './absent-parts.ts'
import { typeNamed } from '../labelled-text.ts'
import type { Contender } from './contender.ts'

const types: readonly (readonly [pattern: RegExp, type: string])[] = [
  [/^(CREDIT_CARD|DEBIT_CARD)/, 'CARD'],
  [/^EMAIL/, 'EMAIL'],
  [/^(PHONE|FAX)/, 'PHONE'],
  [/^IBAN/, 'IBAN'],
  [/^(IPV4|IPV6|IP_)/, 'IP_ADDRESS'],
  [/^MAC_ADDRESS/, 'MAC_ADDRESS'],
  [/^URL/, 'URL'],
  [/(SSN|NATIONAL_ID|NATIONAL_INSURANCE|NINO|AADHAAR|CPF|CURP|NHS|SIN$|PERSONAL_ID|TFN)/, 'NATIONAL_ID'],
  [/^NAME/, 'NAME'],
  [/^(ADDRESS|PO_BOX)/, 'ADDRESS'],
  [/PASSPORT/, 'PASSPORT'],
  [/^(DRIVING_LICEN|DRIVERS_LICEN|US_DRIVERS)/, 'DRIVING_LICENCE'],
  [/^DATE_OF_BIRTH/, 'DATE_OF_BIRTH'],
  [/(API_KEY|TOKEN|SECRET|PRIVATE_KEY|PASSWORD|JWT|ACCESS_KEY)/, 'SECRET'],
]

/** `openredaction` as it comes. */
export async function openredaction(): Promise<Contender> {
  const { OpenRedaction } = await import('openredaction')
  const redactor = new OpenRedaction()
  return {
    name: 'openredaction',
    types: new Set(types.map(([, type]) => type)),
    find: async (text) => {
      const { detections } = await redactor.detect(text)
      return detections.map(({ type, position: [start, end] }) => ({ start, end, type: ourType(type) }))
    },
    redact: async (text) => (await redactor.detect(text)).redacted,
  }
}

function ourType(name: string): string {
  return types.find(([pattern]) => pattern.test(name))?.[1] ?? typeNamed(name)
}
